#include "oriel/app/desktops/x11_display_source.h"

#include <memory>
#include <utility>

#include "oriel/app/desktops/clipboard_selections.h"
#include "oriel/app/desktops/open_reconnecting.h"
#include "oriel/io/desktop/x11_opener.h"

namespace oriel::desktops {

DesktopOpening open_x11_display(DesktopRequest request, DesktopOpened opened) {
  const auto opener = std::make_shared<desktop::X11Opener>(request.io, request.argument,
                                                           selections_of(request.settings));
  const auto logger = request.logger.with_name("desktop");
  return open_reconnecting(request.io, logger, opener, std::move(opened));
}

}  // namespace oriel::desktops

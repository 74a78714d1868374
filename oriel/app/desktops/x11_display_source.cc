#include "oriel/app/desktops/x11_display_source.h"

#include <utility>

#include "oriel/app/desktops/clipboard_selections.h"
#include "oriel/io/desktop/reconnecting_desktop.h"
#include "oriel/io/desktop/x11_opener.h"

namespace oriel::desktops {

DesktopOpening open_x11_display(DesktopRequest request, DesktopOpened opened) {
  const auto opener = std::make_shared<desktop::X11Opener>(request.io, request.argument,
                                                           selections_of(request.settings));
  const auto logger = request.logger.with_name("desktop");
  opener->open([&io = request.io, logger, weak = std::weak_ptr(opener),
                told = std::move(opened)](Result<std::unique_ptr<desktop::Desktop>> first) mutable {
    if (!first) return told(std::unexpected(std::move(first).error()));
    for (const auto& sentence : (*first)->shortcomings()) logger.warning(sentence);
    auto open_again = [weak](auto done) {
      if (const auto again = weak.lock()) again->open(std::move(done));
    };
    auto notice = [logger](const std::string& sentence) { logger.warning(sentence); };
    told(OpenDesktop{std::make_unique<desktop::ReconnectingDesktop>(
                         io, std::move(*first), std::move(open_again), std::move(notice)),
                     nullptr});
  });
  return opener;
}

}  // namespace oriel::desktops

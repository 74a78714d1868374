#include "oriel/app/desktops/desktop_table.h"

#include <fmt/format.h>

#include "oriel/app/desktops/headless_source.h"
#include "oriel/app/desktops/remote_source.h"
#include "oriel/app/desktops/x11_display_source.h"
#include "oriel/io/desktop/pattern.h"

namespace oriel::desktops {
namespace {

DesktopOpening open_pattern(DesktopRequest request, DesktopOpened opened) {
  opened(OpenDesktop{
      std::make_unique<desktop::PatternDesktop>(request.io, request.settings.geometry), nullptr});
  return nullptr;
}

constexpr DesktopSource kTable[] = {
    {"headless", "", "a private X server and session that Oriel starts and ends", open_headless},
    {"x11", "DISPLAY", "a running X display, such as x11::0", open_x11_display},
    {"vnc", "//HOST[:PORT]", "another VNC server", open_remote},
    {"vncs", "//HOST[:PORT]", "another VNC server, through TLS", open_remote},
    {"ws", "//HOST[:PORT][/PATH]", "another VNC server, through a WebSocket", open_remote},
    {"wss", "//HOST[:PORT][/PATH]", "the same through TLS", open_remote},
    {"target", "NAME", "one of the targets of the configuration file", open_remote},
    {"template", "URL", "another VNC server, by a URL with places for remote.parameters",
     open_remote},
    {"preset", "NAME", "the same by the URL of a kind of server: proxmox, novnc, openstack, qemu",
     open_remote},
    {"pattern", "", "a test picture that shows its own input; needs no X", open_pattern},
};

std::string known_sources() {
  std::string names;
  for (const auto& source : kTable) {
    if (!names.empty()) names += ", ";
    names += source.name;
    if (!source.argument.empty()) names += fmt::format(":{}", source.argument);
  }
  return names;
}

}  // namespace

std::span<const DesktopSource> desktop_table() { return kTable; }

DesktopOpening open_desktop(boost::asio::io_context& io, const config::Settings& settings,
                            const observe::Logger& logger, DesktopOpened opened) {
  const std::string_view wish = settings.desktop;
  const auto colon = wish.find(':');
  for (const auto& source : kTable) {
    if (wish.substr(0, colon) != source.name) continue;
    if ((colon == std::string_view::npos) != source.argument.empty()) break;
    const auto argument =
        colon == std::string_view::npos ? std::string() : std::string(wish.substr(colon + 1));
    return source.open({io, settings, argument, logger}, std::move(opened));
  }
  opened(fail(ErrorCode::kInvalid, fmt::format("--desktop: got '{}', expected one of {}",
                                               settings.desktop, known_sources())));
  return nullptr;
}

}  // namespace oriel::desktops

#include "oriel/app/desktops/headless_source.h"

#include <fmt/format.h>

#include "oriel/app/desktops/clipboard_selections.h"
#include "oriel/io/desktop/headless.h"
#include "oriel/io/desktop/supervisor.h"

namespace oriel::desktops {
namespace {

desktop::HeadlessConfig headless_config(const config::Settings& settings) {
  return {settings.geometry, settings.max_geometry, settings.headless_display, settings.session};
}

void log_event(const observe::Logger& logger, const desktop::HeadlessServer::Event& event) {
  using Kind = desktop::HeadlessServer::EventKind;
  switch (event.kind) {
    case Kind::kLog:
      return logger.debug(event.text);
    case Kind::kNotice:
      return logger.warning(event.text);
    case Kind::kLost:
      return logger.error(event.text);
  }
}

}  // namespace

DesktopOpening open_headless(DesktopRequest request, DesktopOpened opened) {
  // Shared by the callback below and by the open desktop, whichever lives longer.
  const auto server = std::make_shared<desktop::HeadlessServer>(request.io);
  const auto shared_opened = std::make_shared<DesktopOpened>(std::move(opened));
  const auto logger = request.logger.with_name("desktop");

  auto on_ready = [&io = request.io, &settings = request.settings, logger, shared_opened,
                   keep = server](Result<desktop::HeadlessAddress> address) mutable {
    const auto running = std::exchange(keep, nullptr);
    if (!address) return (*shared_opened)(std::unexpected(std::move(address).error()));
    auto desktop = desktop::HeadlessDesktop::open(io, *address, settings.geometry);
    if (!desktop) return (*shared_opened)(std::unexpected(std::move(desktop).error()));
    (*desktop)->choose_selections(selections_of(settings));
    logger.info("headless desktop ready", {{"display", fmt::format(":{}", address->display)},
                                           {"xauthority", address->xauthority}});
    running->start_session();
    OpenDesktop open;
    open.desktop = std::move(*desktop);
    open.close = [running](std::function<void()> closed) { running->stop(std::move(closed)); };
    (*shared_opened)(std::move(open));
  };
  auto started = server->start(headless_config(request.settings), std::move(on_ready),
                               [logger](const auto& event) { log_event(logger, event); });
  if (!started) (*shared_opened)(std::unexpected(std::move(started).error()));
  return nullptr;
}

}  // namespace oriel::desktops

#include "oriel/app/desktops/headless_source.h"

#include <fmt/format.h>

#include <utility>

#include "oriel/app/desktops/clipboard_selections.h"
#include "oriel/io/desktop/headless_opener.h"
#include "oriel/io/desktop/reconnecting_desktop.h"

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
  const auto logger = request.logger.with_name("desktop");
  desktop::HeadlessOpener::Callbacks callbacks{
      [logger](const desktop::HeadlessAddress& address) {
        logger.info("headless desktop ready", {{"display", fmt::format(":{}", address.display)},
                                               {"xauthority", address.xauthority}});
      },
      [logger](const auto& event) { log_event(logger, event); }};
  const auto opener = std::make_shared<desktop::HeadlessOpener>(
      request.io, headless_config(request.settings), selections_of(request.settings),
      std::move(callbacks));
  // The opener lives in its own callback until it is open, then in `close`.
  opener->open([&io = request.io, logger, opener,
                told = std::move(opened)](Result<std::unique_ptr<desktop::Desktop>> first) mutable {
    if (!first) return told(std::unexpected(std::move(first).error()));
    auto open_again = [weak = std::weak_ptr(opener)](auto done) {
      if (const auto again = weak.lock()) again->open(std::move(done));
    };
    auto notice = [logger](const std::string& sentence) { logger.warning(sentence); };
    OpenDesktop open;
    open.desktop = std::make_unique<desktop::ReconnectingDesktop>(
        io, std::move(*first), std::move(open_again), std::move(notice));
    open.close = [opener](std::function<void()> closed) { opener->stop(std::move(closed)); };
    told(std::move(open));
  });
  return nullptr;
}

}  // namespace oriel::desktops

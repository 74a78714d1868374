#include "oriel/io/desktop/headless_opener.h"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "oriel/io/desktop/limits.h"

namespace oriel::desktop {

HeadlessOpener::HeadlessOpener(boost::asio::io_context& io, HeadlessConfig config,
                               ClipboardSelections selections, Callbacks callbacks)
    : io_(io),
      config_(std::move(config)),
      selections_(selections),
      callbacks_(std::move(callbacks)) {}

HeadlessOpener::~HeadlessOpener() { *alive_ = false; }

void HeadlessOpener::open(DesktopDone done) {
  if (is_stopping_) return;
  done_ = std::move(done);
  if (!server_) return start();
  if (!restarts_.allow(Clock::now())) {
    return answer(fail(ErrorCode::kUnavailable,
                       fmt::format("the X server has ended more than {} times within {} s; it is "
                                   "started again when that is over",
                                   kMaxSessionRestarts, kSessionRestartWindow.count())));
  }
  // Its session may take a while to go, and its display number is needed.
  server_->stop([this] { start(); });
}

void HeadlessOpener::stop(std::move_only_function<void()> stopped) {
  is_stopping_ = true;
  done_ = nullptr;
  if (server_) return server_->stop(std::move(stopped));
  boost::asio::post(io_, std::move(stopped));
}

void HeadlessOpener::start() {
  server_ = std::make_unique<HeadlessServer>(io_);
  const auto started = server_->start(
      config_, [this](const Result<HeadlessAddress>& address) { server_ready(address); },
      [this](const HeadlessServer::Event& event) { callbacks_.event(event); });
  if (!started) answer(std::unexpected(started.error()));
}

void HeadlessOpener::server_ready(const Result<HeadlessAddress>& address) {
  auto desktop = open_desktop(address);
  if (desktop) server_->start_session();
  answer(std::move(desktop));
}

Result<std::unique_ptr<Desktop>> HeadlessOpener::open_desktop(
    const Result<HeadlessAddress>& address) {
  if (!address) return std::unexpected(address.error());
  callbacks_.ready(*address);
  ORIEL_TRY(auto desktop, HeadlessDesktop::open(io_, *address, config_.geometry));
  desktop->choose_selections(selections_);
  return desktop;
}

// From the loop, because whoever is told may end this.
void HeadlessOpener::answer(Result<std::unique_ptr<Desktop>> result) {
  boost::asio::post(io_, [this, alive = alive_, result = std::move(result)]() mutable {
    if (*alive && done_) std::exchange(done_, nullptr)(std::move(result));
  });
}

}  // namespace oriel::desktop

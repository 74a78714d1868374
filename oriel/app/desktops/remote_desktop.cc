#include "oriel/app/desktops/remote_desktop.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

namespace oriel::desktops {
namespace {

constexpr std::chrono::seconds kResizeTimeout{5};

Status as_status(const agent::AgentStatus& status) {
  if (status) return {};
  const auto& [kind, message] = status.error();
  return fail(kind == agent::ErrorKind::kTimeout ? ErrorCode::kTimeout : ErrorCode::kUnavailable,
              message);
}

}  // namespace

RemoteDesktop::RemoteDesktop(boost::asio::any_io_executor executor,
                             client::ConnectionOptions options)
    : screen_(std::move(executor), std::move(options)), damage_(screen_.screen().size()) {
  screen_.add_listener(*this);
  screen_.observe(this);
}

RemoteDesktop::~RemoteDesktop() {
  screen_.observe(nullptr);
  screen_.remove_listener(*this);
}

void RemoteDesktop::start(desktop::DesktopListener& listener) {
  listener_ = &listener;
  damage_.reset(size());
  if (const auto* cursor = screen_.cursor()) listener_->desktop_cursor_changed(*cursor);
  if (screen_.leds() != 0) listener_->desktop_leds_changed(screen_.leds());
  // Lost between its opening and now.
  if (const auto status = screen_.check(); !status) return target_lost(status.error());
  announce();
}

std::vector<image::Rect> RemoteDesktop::take_damage() {
  is_announced_ = false;
  return damage_.take();
}

void RemoteDesktop::capture(std::span<const image::Rect> rects, desktop::CaptureDone done) {
  std::vector<screen::Patch> patches;
  const auto pixels = screen_.screen().view();
  for (const auto& rect : rects) {
    // Of a size that has gone meanwhile: no patches, and all of the new one is damaged.
    if (!image::Rect::of(size()).contains(rect)) return done({});
    patches.push_back({rect, pixels.crop(rect)});
  }
  done(patches);
}

void RemoteDesktop::resize(image::Size wanted, std::move_only_function<void(Status)> done) {
  boost::asio::co_spawn(screen_.executor(), screen_.resize(wanted, Clock::now() + kResizeTimeout),
                        [done = std::move(done)](const std::exception_ptr&,
                                                 const agent::AgentStatus& status) mutable {
                          done(as_status(status));
                        });
}

std::map<std::string, std::string> RemoteDesktop::details() const {
  const auto facts = screen_.info();
  return {{"kind", "remote"},
          {"target", facts.target},
          {"name", facts.name},
          {"security", facts.security}};
}

void RemoteDesktop::screen_changed(const agent::ScreenChange& change) {
  for (const auto& rect : change.rects) damage_.add(rect);
  announce();
}

void RemoteDesktop::screen_resized() {
  damage_.reset(size());
  if (listener_ == nullptr) return;
  listener_->desktop_resized(size());
  announce();
}

void RemoteDesktop::clipboard_changed(desktop::ClipboardFormats formats) {
  if (listener_ != nullptr) listener_->desktop_clipboard_changed(formats);
}

void RemoteDesktop::bell_rang() {
  if (listener_ != nullptr) listener_->desktop_bell();
}

void RemoteDesktop::target_lost(const agent::AgentError& error) {
  if (listener_ == nullptr) return;
  auto* listener = std::exchange(listener_, nullptr);
  listener->desktop_lost({ErrorCode::kUnavailable, error.message});
}

void RemoteDesktop::remote_cursor_changed() {
  if (listener_ == nullptr) return;
  const auto* cursor = screen_.cursor();
  listener_->desktop_cursor_changed(cursor != nullptr ? *cursor : image::Cursor());
}

void RemoteDesktop::remote_pointer_moved(image::Point position) {
  if (listener_ != nullptr) listener_->desktop_pointer_moved(position);
}

void RemoteDesktop::remote_renamed(const std::string&) {
  if (listener_ != nullptr) listener_->desktop_renamed();
}

void RemoteDesktop::remote_leds_changed(std::uint8_t leds) {
  if (listener_ != nullptr) listener_->desktop_leds_changed(leds);
}

void RemoteDesktop::announce() {
  if (listener_ == nullptr || is_announced_ || damage_.empty()) return;
  is_announced_ = true;
  listener_->desktop_damaged();
}

}  // namespace oriel::desktops

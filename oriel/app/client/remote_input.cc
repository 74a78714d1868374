#include "oriel/app/client/remote_input.h"

#include <algorithm>
#include <utility>

namespace oriel::client {

void RemoteInput::use(std::shared_ptr<RemoteLink> link) {
  link_ = std::move(link);
  held_.clear();
  buttons_ = 0;
  position_.reset();
  uses_scancodes_ = false;
}

void RemoteInput::key(std::uint32_t keysym, bool is_down) { key_with_scancode(keysym, 0, is_down); }

void RemoteInput::key_with_scancode(std::uint32_t keysym, std::uint32_t scancode, bool is_down) {
  if (!link_ || is_view_only_) return;
  if (!uses_scancodes_) scancode = 0;
  if (is_down) {
    held_.insert({keysym, scancode});
  } else if (held_.erase({keysym, scancode}) == 0) {
    // Up as it went down.
    const auto held = std::ranges::find(held_, keysym, [](const auto& key) { return key.first; });
    if (held != held_.end()) {
      scancode = held->second;
      held_.erase(held);
    }
  }
  say_key(keysym, scancode, is_down);
}

void RemoteInput::say_key(std::uint32_t keysym, std::uint32_t scancode, bool is_down) {
  if (scancode != 0)
    link_->say(rfb::QemuKeyEvent{is_down, keysym, scancode});
  else
    link_->say(rfb::KeyEvent{is_down, keysym});
}

void RemoteInput::pointer(image::Point position, std::uint16_t buttons) {
  if (!link_ || is_view_only_) return;
  position_ = position;
  buttons_ = buttons;
  link_->say(rfb::PointerEvent{buttons, position});
}

void RemoteInput::flush() {
  if (link_) link_->flush();
}

void RemoteInput::release_all() {
  if (!link_) return;
  for (const auto& [keysym, scancode] : std::exchange(held_, {})) say_key(keysym, scancode, false);
  if (std::exchange(buttons_, 0) != 0)
    link_->say(rfb::PointerEvent{0, position_.value_or(image::Point{})});
}

}  // namespace oriel::client

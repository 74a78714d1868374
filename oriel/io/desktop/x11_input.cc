#include "oriel/io/desktop/x11_input.h"

#include <xcb/xcb.h>
#include <xcb/xtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "oriel/io/desktop/x11_display.h"

namespace oriel::desktop {
namespace {

// RFB's buttons are X's in order, without the gap that no bit is left for (RFC 6143, 7.5.5).
constexpr int kButtons = 9;

KeyMap make_map(const xcb_get_keyboard_mapping_reply_t* keys, Keycode first,
                const xcb_get_modifier_mapping_reply_t* modifiers) {
  std::span<const Keycode> modifier_keys;
  if (modifiers != nullptr) {
    modifier_keys = {xcb_get_modifier_mapping_keycodes(modifiers),
                     static_cast<std::size_t>(xcb_get_modifier_mapping_keycodes_length(modifiers))};
  }
  return KeyMap(first, keys->keysyms_per_keycode,
                {xcb_get_keyboard_mapping_keysyms(keys),
                 static_cast<std::size_t>(xcb_get_keyboard_mapping_keysyms_length(keys))},
                modifier_keys);
}

struct Range {
  Keycode first;
  Keycode count;
};

Range keycodes(xcb_connection_t* connection) {
  const auto* setup = xcb_get_setup(connection);
  return {setup->min_keycode, static_cast<Keycode>(setup->max_keycode - setup->min_keycode + 1)};
}

}  // namespace

X11Input::X11Input(X11Display& display, KeyRepeat repeat) : display_(display), planner_(repeat) {
  auto* connection = display_.connection();
  const auto [first, count] = keycodes(connection);
  const auto keys_cookie = xcb_get_keyboard_mapping(connection, first, count);
  const auto modifiers_cookie = xcb_get_modifier_mapping(connection);
  auto* keys = xcb_get_keyboard_mapping_reply(connection, keys_cookie, nullptr);
  auto* modifiers = xcb_get_modifier_mapping_reply(connection, modifiers_cookie, nullptr);
  if (keys != nullptr) planner_.set_map(make_map(keys, first, modifiers));
  std::free(keys);
  std::free(modifiers);
}

void X11Input::key(std::uint32_t keysym, bool is_down) {
  if (!is_down) return queue_keys(planner_.release(keysym));
  if (queue_.size() >= kMaxQueuedInput) {
    ++stats_.dropped;
    return;
  }
  if (!planner_.knows(keysym)) {
    ++stats_.unknown_keysyms;
    if (unknown_keysym_) unknown_keysym_(keysym);
    return;
  }
  queue_keys(planner_.press(keysym));
}

void X11Input::pointer(image::Point position, std::uint16_t buttons) {
  const image::Size size = display_.size();
  position.x = std::clamp(position.x, 0, size.width - 1);
  position.y = std::clamp(position.y, 0, size.height - 1);
  if (position != position_) queue_motion(position);
  for (int i = 0; i < kButtons; ++i) {
    const auto bit = static_cast<std::uint16_t>(1u << i);
    const bool is_down = (buttons & bit) != 0;
    if (((buttons_ & bit) != 0) == is_down) continue;
    if (is_down && queue_.size() >= kMaxQueuedInput) {
      ++stats_.dropped;
      continue;
    }
    buttons_ ^= bit;
    queue_button(i + 1, is_down);
  }
}

void X11Input::flush() { send(); }

void X11Input::release_all() {
  queue_keys(planner_.release_all());
  for (int i = 0; i < kButtons; ++i) {
    if (buttons_ & (1u << i)) queue_button(i + 1, false);
  }
  buttons_ = 0;
  send();
}

void X11Input::queue_keys(const std::vector<KeyStep>& steps) {
  for (auto [keycode, is_down] : steps) {
    queue_.push_back(
        {static_cast<std::uint8_t>(is_down ? XCB_KEY_PRESS : XCB_KEY_RELEASE), keycode, {}});
  }
}

void X11Input::queue_motion(image::Point position) {
  position_ = position;
  if (!queue_.empty() && queue_.back().type == XCB_MOTION_NOTIFY) {
    queue_.back().position = position;
    return;
  }
  queue_.push_back({XCB_MOTION_NOTIFY, 0, position});
}

void X11Input::queue_button(int button, bool is_down) {
  queue_.push_back({static_cast<std::uint8_t>(is_down ? XCB_BUTTON_PRESS : XCB_BUTTON_RELEASE),
                    static_cast<std::uint8_t>(button),
                    {}});
}

// Sends what may be unacknowledged. Now and then a question goes along, whose
// answer means that the server has read everything before it.
void X11Input::send() {
  if (display_.is_lost()) return queue_.clear();
  if (queue_.empty()) return;
  auto* connection = display_.connection();
  bool is_any = false;
  while (!queue_.empty() && unacknowledged_ < kMaxUnacknowledgedInput) {
    const Event event = queue_.front();
    queue_.pop_front();
    const bool is_motion = event.type == XCB_MOTION_NOTIFY;
    xcb_test_fake_input(connection, event.type, event.detail, XCB_CURRENT_TIME,
                        is_motion ? display_.root() : XCB_NONE,
                        static_cast<std::int16_t>(event.position.x),
                        static_cast<std::int16_t>(event.position.y), 0);
    is_any = true;
    ++unacknowledged_;
    if (++since_acknowledgement_ < kMaxUnacknowledgedInput / 2) continue;
    const std::size_t count = std::exchange(since_acknowledgement_, 0);
    display_.expect_answer([this, count] {
      unacknowledged_ -= count;
      send();
    });
  }
  if (is_any) display_.flush();
}

void X11Input::keyboard_changed() {
  if (is_fetching_) {
    is_map_stale_ = true;
    return;
  }
  fetch_map();
}

void X11Input::fetch_map() {
  auto* connection = display_.connection();
  const auto [first, count] = keycodes(connection);
  is_fetching_ = true;
  is_map_stale_ = false;
  // Modifiers first: their answer waits here for the keys.
  auto modifiers = std::make_shared<std::vector<Keycode>>();
  display_.expect_reply(
      xcb_get_modifier_mapping(connection).sequence, [modifiers](X11Display::OwnedReply data) {
        const auto* reply = static_cast<const xcb_get_modifier_mapping_reply_t*>(data.get());
        if (reply == nullptr) return;
        const auto* keys = xcb_get_modifier_mapping_keycodes(reply);
        modifiers->assign(keys, keys + xcb_get_modifier_mapping_keycodes_length(reply));
      });
  display_.expect_reply(
      xcb_get_keyboard_mapping(connection, first, count).sequence,
      [this, modifiers, first](X11Display::OwnedReply data) {
        is_fetching_ = false;
        const auto* reply = static_cast<const xcb_get_keyboard_mapping_reply_t*>(data.get());
        if (reply == nullptr) return;
        planner_.set_map(
            KeyMap(first, reply->keysyms_per_keycode,
                   {xcb_get_keyboard_mapping_keysyms(reply),
                    static_cast<std::size_t>(xcb_get_keyboard_mapping_keysyms_length(reply))},
                   *modifiers));
        if (is_map_stale_) fetch_map();
      });
  display_.flush();
}

}  // namespace oriel::desktop

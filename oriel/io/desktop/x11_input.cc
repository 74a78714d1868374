#include "oriel/io/desktop/x11_input.h"

#include <xcb/xcb.h>
#include <xcb/xtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <memory>
#include <utility>

#include "oriel/core/keys/keysym_unicode.h"
#include "oriel/core/keys/xt_scancodes.h"
#include "oriel/io/desktop/x11_display.h"
#include "oriel/io/desktop/xcb_xkb.h"

namespace oriel::desktop {
namespace {

// RFB's buttons are X's in order, without the gap that no bit is left for (RFC 6143, 7.5.5).
constexpr int kButtons = 9;

// Event::type beyond X's own: bind `keysym` to the key `detail`; set the lasting state aside, or
// turn Num Lock; bring both back.
constexpr std::uint8_t kBindRequest = 0x80;
constexpr std::uint8_t kAsideRequest = 0x81;
constexpr std::uint8_t kBackRequest = 0x82;
constexpr std::uint8_t kTurnNumLockRequest = 0x83;

struct Range {
  Keycode first;
  Keycode count;
};

Range keycodes(xcb_connection_t* connection) {
  const auto* setup = xcb_get_setup(connection);
  return {setup->min_keycode, static_cast<Keycode>(setup->max_keycode - setup->min_keycode + 1)};
}

std::vector<std::uint32_t> keysyms_of(const xcb_get_keyboard_mapping_reply_t* reply) {
  const auto* keysyms = xcb_get_keyboard_mapping_keysyms(reply);
  return {keysyms, keysyms + xcb_get_keyboard_mapping_keysyms_length(reply)};
}

std::vector<Keycode> keys_of(const xcb_get_modifier_mapping_reply_t* reply) {
  const auto* keys = xcb_get_modifier_mapping_keycodes(reply);
  return {keys, keys + xcb_get_modifier_mapping_keycodes_length(reply)};
}

// Modifiers and the keys that switch groups do nothing on a key that was not made for them; and
// these numbers are no keysyms (x11 protocol, "KEYSYM Encoding").
bool can_bind(std::uint32_t keysym) {
  constexpr std::uint32_t kVoid = 0xffffff, kLastKeysym = 0x1fffffff, kLastUnicode = 0x0110ffff;
  const bool is_modifier = (keysym >= 0xffe1 && keysym <= 0xffee) ||
                           (keysym >= 0xfe01 && keysym <= 0xfe13) || keysym == 0xff7e ||
                           keysym == kKeysymNumLock;
  const bool is_unassigned = keysym > kLastUnicode && keysym < 0x10000000;
  return keysym != 0 && keysym != kVoid && keysym <= kLastKeysym && !is_unassigned && !is_modifier;
}

}  // namespace

struct X11Input::Timer {
  explicit Timer(boost::asio::io_context& io) : timer(io) {}

  boost::asio::steady_timer timer;
  bool is_set = false;
  // A handler that is queued already when the input goes sees that it is gone.
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
};

X11Input::X11Input(X11Display& display, KeyRepeat repeat)
    : display_(display), planner_(repeat), timer_(std::make_unique<Timer>(display.io())) {
  auto* connection = display_.connection();
  const auto [first, count] = keycodes(connection);
  const auto keys_cookie = xcb_get_keyboard_mapping(connection, first, count);
  const auto modifiers_cookie = xcb_get_modifier_mapping(connection);
  auto* keys = xcb_get_keyboard_mapping_reply(connection, keys_cookie, nullptr);
  auto* modifiers = xcb_get_modifier_mapping_reply(connection, modifiers_cookie, nullptr);
  if (keys != nullptr && modifiers != nullptr) {
    take_map(first, keys->keysyms_per_keycode, keysyms_of(keys), keys_of(modifiers), 0);
  }
  std::free(keys);
  std::free(modifiers);
}

X11Input::~X11Input() {
  *timer_->alive = false;
  if (display_.is_lost()) return;
  // What has not been sent by now waits for a server that is too slow, or stands still: a few
  // requests more find room in the socket, all of it might not.
  waiting_.clear();
  queue_.clear();
  const bool is_aside = !aside_.empty() && aside_.back().first == aside_.back().last;
  if (is_aside) queue_.push_back({kBackRequest, 0, {}});
  queue_keys(planner_.release_all());
  for (int i = 0; i < kButtons; ++i) {
    if (buttons_ & (1u << i)) queue_button(i + 1, false);
  }
  for (const auto& binding : spare_.bindings()) {
    queue_.push_back({kBindRequest, binding.keycode, {}, 0});
  }
  if (queue_.empty()) return;
  for (const Event& event : queue_) write(event);
  display_.finish(kRestoreTimeout);
}

void X11Input::key(std::uint32_t keysym, bool is_down) {
  take({.kind = Wish::Kind::kKey, .is_down = is_down, .keysym = keysym});
}

void X11Input::key_with_scancode(std::uint32_t keysym, std::uint32_t scancode, bool is_down) {
  take({.kind = Wish::Kind::kScancode, .is_down = is_down, .keysym = keysym, .scancode = scancode});
}

void X11Input::pointer(image::Point position, std::uint16_t buttons) {
  take({.kind = Wish::Kind::kPointer, .position = position, .buttons = buttons});
}

void X11Input::flush() { send(); }

void X11Input::take(const Wish& wish) {
  if (!waiting_.empty() || act(wish) == Outcome::kMustWait) wait_in_line(wish);
}

void X11Input::wait_in_line(const Wish& wish) {
  const bool is_pointer = wish.kind == Wish::Kind::kPointer;
  if (is_pointer && !waiting_.empty() && waiting_.back().kind == Wish::Kind::kPointer &&
      waiting_.back().buttons == wish.buttons) {
    waiting_.back().position = wish.position;
    return;
  }
  const bool is_release = !is_pointer && !wish.is_down;
  if (waiting_.size() >= (is_release ? 2 * kMaxWaitingInput : kMaxWaitingInput)) {
    ++stats_.dropped;
    // Whatever it would have let go of goes when the line is empty.
    is_release_lost_ = is_release_lost_ || is_release || is_pointer;
    return;
  }
  waiting_.push_back(wish);
}

X11Input::Outcome X11Input::act(const Wish& wish) {
  if (wish.kind == Wish::Kind::kPointer) {
    move(wish.position, wish.buttons);
    return Outcome::kDone;
  }
  if (wish.is_down && queue_.size() >= kMaxQueuedInput) {
    ++stats_.dropped;
    return Outcome::kDone;
  }
  if (wish.kind == Wish::Kind::kScancode) {
    const auto keycode = keys::x_keycode_of_xt(wish.scancode);
    if (keycode && !wish.is_down) {
      auto steps = planner_.release_key(*keycode);
      if (!steps.empty()) {
        queue_keys(steps);
        return Outcome::kDone;
      }
    } else if (keycode && planner_.map().has_keysym(*keycode)) {
      queue_keys(planner_.press_key(*keycode));
      return Outcome::kDone;
    }
  }
  if (wish.is_down) return press(wish.keysym);
  queue_keys(planner_.release(wish.keysym));
  return Outcome::kDone;
}

X11Input::Outcome X11Input::press(std::uint32_t keysym) {
  if (planner_.knows(keysym)) {
    queue_keys(planner_.press(keysym));
    return Outcome::kDone;
  }
  if (!can_bind(keysym) || spare_.is_all_held()) {
    ignore(keysym);
    return Outcome::kDone;
  }
  const TimePoint now = Clock::now();
  const auto keycode = spare_.bind(keys::canonical_keysym(keysym), now);
  if (!keycode) return Outcome::kMustWait;
  bind(keysym, *keycode);
  bind_what_waits(now);
  queue_keys(planner_.press(keysym));
  return Outcome::kDone;
}

void X11Input::bind(std::uint32_t keysym, Keycode keycode) {
  ++stats_.bindings;
  planner_.bind(keysym, keycode);
  // Until it is sent, no fetch shows it.
  bound_after_fetch_[keycode] = ~0u;
  queue_.push_back({kBindRequest, keycode, {}, keysym});
}

// What comes next is bound in the same batch, before any of it is typed: a receiver that falls
// behind reads the map once for all of them.
void X11Input::bind_what_waits(TimePoint now) {
  const std::size_t count = std::min(waiting_.size(), kSpareKeyForesight);
  for (std::size_t i = 0; i < count; ++i) {
    const Wish& wish = waiting_[i];
    if (wish.kind != Wish::Kind::kKey || !wish.is_down) continue;
    const std::uint32_t canonical = keys::canonical_keysym(wish.keysym);
    if (planner_.knows(wish.keysym)) {
      spare_.keep(canonical, now);
      continue;
    }
    if (!can_bind(wish.keysym)) continue;
    const auto keycode = spare_.bind_along(canonical, now);
    if (!keycode) return;
    bind(wish.keysym, *keycode);
  }
}

void X11Input::ignore(std::uint32_t keysym) {
  ++stats_.unknown_keysyms;
  if (unknown_keysym_) unknown_keysym_(keysym);
}

void X11Input::advance() {
  while (!waiting_.empty() && act(waiting_.front()) == Outcome::kDone) waiting_.pop_front();
  if (!waiting_.empty() || !std::exchange(is_release_lost_, false)) return;
  queue_keys(planner_.release_all());
  move(position_, 0);
}

// Wakes up when the next spare key has rested. When none can say so, a release that is not sent or
// not acknowledged yet comes first, and `send` is called again.
void X11Input::set_timer() {
  if (waiting_.empty() || timer_->is_set) return;
  const auto next = spare_.next_rested();
  if (!next) return;
  timer_->is_set = true;
  timer_->timer.expires_at(*next);
  timer_->timer.async_wait([this, alive = timer_->alive](const boost::system::error_code& error) {
    if (!*alive || error) return;
    timer_->is_set = false;
    send();
  });
}

void X11Input::move(image::Point position, std::uint16_t buttons) {
  const image::Size size = display_.size();
  position.x = std::clamp(position.x, 0, size.width - 1);
  position.y = std::clamp(position.y, 0, size.height - 1);
  // Somebody else may have moved the pointer, so a click says where it is.
  if (position != position_ || buttons != buttons_) queue_motion(position);
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

void X11Input::release_all() {
  waiting_.clear();
  queue_keys(planner_.release_all());
  for (int i = 0; i < kButtons; ++i) {
    if (buttons_ & (1u << i)) queue_button(i + 1, false);
  }
  buttons_ = 0;
  send();
}

void X11Input::queue_keys(const std::vector<KeyStep>& steps) {
  for (auto [keycode, is_down] : steps) {
    if (keycode == kLastingState) {
      queue_.push_back({is_down ? kBackRequest : kAsideRequest, 0, {}});
      continue;
    }
    if (keycode == kNumLockTurned) {
      queue_.push_back({is_down ? kTurnNumLockRequest : kBackRequest, 0, {}});
      continue;
    }
    spare_.event_queued(keycode);
    queue_.push_back(
        {static_cast<std::uint8_t>(is_down ? XCB_KEY_PRESS : XCB_KEY_RELEASE), keycode, {}});
  }
}

void X11Input::queue_motion(image::Point position) {
  position_ = position;
  ++motions_;
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
  if (display_.is_lost()) {
    waiting_.clear();
    return queue_.clear();
  }
  advance();
  bool is_any = false;
  while (!queue_.empty() && unacknowledged_ < kMaxUnacknowledgedInput) {
    write(queue_.front());
    queue_.pop_front();
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
  if (is_any && sent_) sent_();
  set_timer();
}

void X11Input::write(const Event& event) {
  auto* connection = display_.connection();
  if (event.type == kBindRequest) {
    // The same on both levels: Shift does not matter.
    const std::uint32_t keysyms[] = {event.keysym, event.keysym};
    xcb_change_keyboard_mapping(connection, 1, event.detail, 2, keysyms);
    bound_after_fetch_[event.detail] = fetches_;
    return;
  }
  if (event.type == kAsideRequest) return set_lasting_state_aside();
  if (event.type == kTurnNumLockRequest) return turn_num_lock();
  if (event.type == kBackRequest) return bring_lasting_state_back();
  const bool is_motion = event.type == XCB_MOTION_NOTIFY;
  xcb_test_fake_input(connection, event.type, event.detail, XCB_CURRENT_TIME,
                      is_motion ? display_.root() : XCB_NONE,
                      static_cast<std::int16_t>(event.position.x),
                      static_cast<std::int16_t>(event.position.y), 0);
  if (event.type == XCB_KEY_PRESS || event.type == XCB_KEY_RELEASE) {
    spare_.event_sent(event.detail, event.type == XCB_KEY_PRESS, Clock::now());
  }
}

// Caps Lock, latches and the group. A latch does not come back: the key would have used it up.
void X11Input::set_lasting_state_aside() {
  constexpr std::uint8_t kAllModifiers = 0xff;
  const std::uint8_t caps = planner_.state().locked_modifiers & kLockMask;
  const auto cookie = xcb_xkb_latch_lock_state(display_.connection(), XCB_XKB_ID_USE_CORE_KBD, caps,
                                               0, true, 0, kAllModifiers, true, 0);
  aside_.push_back({cookie.sequence, cookie.sequence});
}

void X11Input::turn_num_lock() {
  const std::uint8_t mask = planner_.num_lock_mask();
  const auto turned = static_cast<std::uint8_t>(~planner_.state().locked_modifiers & mask);
  const auto cookie = xcb_xkb_latch_lock_state(display_.connection(), XCB_XKB_ID_USE_CORE_KBD, mask,
                                               turned, false, 0, 0, false, 0);
  aside_.push_back({cookie.sequence, cookie.sequence});
}

void X11Input::bring_lasting_state_back() {
  const KeyboardState& state = planner_.state();
  const auto mask =
      static_cast<std::uint8_t>((state.locked_modifiers & kLockMask) | planner_.num_lock_mask());
  const auto cookie = xcb_xkb_latch_lock_state(display_.connection(), XCB_XKB_ID_USE_CORE_KBD, mask,
                                               state.locked_modifiers & mask, true,
                                               state.locked_group, 0, false, 0);
  if (!aside_.empty()) aside_.back().last = cookie.sequence;
}

void X11Input::state_changed(const KeyboardState& state, unsigned sequence) {
  // Sequence numbers wrap around.
  auto is_before = [](unsigned a, unsigned b) { return static_cast<int>(a - b) < 0; };
  while (!aside_.empty() && aside_.front().last != aside_.front().first &&
         !is_before(sequence, aside_.front().last)) {
    aside_.pop_front();
  }
  // Set aside by us, for one key.
  if (!aside_.empty() && !is_before(sequence, aside_.front().first)) return;
  planner_.set_state(state);
}

std::uint8_t X11Input::leds() const {
  const auto& map = planner_.map();
  auto lock_of = [&map](std::uint32_t keysym) -> std::uint8_t {
    const auto position = map.find(keysym);
    return position ? map.modifiers_of(position->keycode) : 0;
  };
  const std::uint8_t locked = planner_.state().locked_modifiers;
  int leds = 0;
  if (locked & kLockMask) leds |= kLedCapsLock;
  if (locked & planner_.num_lock_mask()) leds |= kLedNumLock;
  if (locked & lock_of(kKeysymScrollLock)) leds |= kLedScrollLock;
  return static_cast<std::uint8_t>(leds);
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
        if (data == nullptr) return;
        *modifiers = keys_of(static_cast<const xcb_get_modifier_mapping_reply_t*>(data.get()));
      });
  display_.expect_reply(
      xcb_get_keyboard_mapping(connection, first, count).sequence,
      [this, modifiers, first, fetch = fetches_++](X11Display::OwnedReply data) {
        is_fetching_ = false;
        const auto* reply = static_cast<const xcb_get_keyboard_mapping_reply_t*>(data.get());
        if (reply == nullptr) return;
        take_map(first, reply->keysyms_per_keycode, keysyms_of(reply), *modifiers, fetch);
        if (is_map_stale_) fetch_map();
      });
  display_.flush();
}

// The rows of our own spare keys count as empty, so that the map holds what others have made.
void X11Input::take_map(Keycode first, int columns, std::vector<std::uint32_t> keysyms,
                        std::span<const Keycode> modifiers, unsigned fetch) {
  for (const auto& [keycode, keysym] : spare_.bindings()) {
    const std::size_t begin = static_cast<std::size_t>(keycode - first) * columns;
    if (keycode < first || columns <= 0 || begin + columns > keysyms.size()) continue;
    const std::span row(keysyms.data() + begin, static_cast<std::size_t>(columns));
    const bool is_told = bound_after_fetch_[keycode] <= fetch;
    if (is_told && keys::canonical_keysym(row[0]) != keysym) {
      spare_.forget(keycode);  // another program has set the key, or the whole map
    } else {
      std::ranges::fill(row, 0u);
    }
  }
  planner_.set_map(KeyMap(first, columns, keysyms, modifiers));
  spare_.set_keys(planner_.map().spare_keys());
  for (const auto& binding : spare_.bindings()) planner_.bind(binding.keysym, binding.keycode);
}

}  // namespace oriel::desktop

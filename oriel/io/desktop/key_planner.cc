#include "oriel/io/desktop/key_planner.h"

#include <algorithm>
#include <utility>

#include "oriel/core/keys/keysym_unicode.h"

namespace oriel::desktop {
namespace {

// Function keys, cursor keys and the like (0xfe00..0xffff): with these a held Shift is meant.
bool is_character(std::uint32_t keysym) { return keysym < 0xfe00 || keysym >= 0x01000000; }

// What is held by its keycode stands among the keysyms; none of those has this bit.
constexpr std::uint32_t kKeyItself = 0x80000000;

// Those that Caps Lock leaves alone.
bool is_caseless(std::uint32_t keysym) {
  const std::uint32_t lower = keysym | 0x20;
  return keysym < 0x80 && (lower < 'a' || lower > 'z');
}

// Viewers send keysyms to which they have applied these already; a lock on this side too would turn
// the letters (the key pad) back.
bool is_lock(std::uint32_t keysym) {
  constexpr std::uint32_t kCapsLock = 0xffe5, kShiftLock = 0xffe6;
  return keysym == kCapsLock || keysym == kShiftLock || keysym == kKeysymNumLock;
}

// The same modifier on the other side of the keyboard: many maps have AltGr in place of the right
// Alt, and small keyboards have one Super.
std::optional<std::uint32_t> twin_modifier(std::uint32_t keysym) {
  constexpr std::uint32_t kShiftLeft = 0xffe1, kControlRight = 0xffe4, kMetaLeft = 0xffe7,
                          kHyperRight = 0xffee;
  const bool has_twin = (keysym >= kShiftLeft && keysym <= kControlRight) ||
                        (keysym >= kMetaLeft && keysym <= kHyperRight);
  if (!has_twin) return std::nullopt;
  return keysym % 2 == 1 ? keysym + 1 : keysym - 1;  // left ones are odd
}

}  // namespace

void KeyPlanner::set_map(KeyMap map) {
  map_ = std::move(map);
  bound_.clear();
}

void KeyPlanner::bind(std::uint32_t keysym, Keycode keycode) {
  bound_[keycode] = keys::canonical_keysym(keysym);
}

std::optional<KeyPosition> KeyPlanner::locate(std::uint32_t keysym) const {
  if (const auto position = map_.find(keysym)) return position;
  const auto bound = std::ranges::find(bound_, keys::canonical_keysym(keysym),
                                       [](const auto& entry) { return entry.second; });
  if (bound != bound_.end()) return KeyPosition{.keycode = bound->first};
  const auto twin = twin_modifier(keysym);
  return twin ? map_.find(*twin) : std::nullopt;
}

std::uint8_t KeyPlanner::held_modifiers() const {
  std::uint8_t mask = 0;
  for (auto [keysym, keycode] : held_) mask |= map_.modifiers_of(keycode);
  return mask;
}

std::vector<KeyStep> KeyPlanner::press(std::uint32_t keysym) {
  const auto position = locate(keysym);
  if (!position || is_lock(keysym)) return {};
  const bool is_modifier = map_.modifiers_of(position->keycode) != 0;
  if (auto held = held_.find(keysym); held != held_.end()) {
    if (is_modifier || repeat_ == KeyRepeat::kByServer) return {};
    std::vector<KeyStep> steps{{held->second, false}};
    const auto again = press_with_modifiers(keysym, *position);
    steps.insert(steps.end(), again.begin(), again.end());
    held->second = position->keycode;
    return steps;
  }
  auto steps = is_modifier ? std::vector<KeyStep>{{position->keycode, true}}
                           : press_with_modifiers(keysym, *position);
  held_[keysym] = position->keycode;
  return steps;
}

std::vector<KeyStep> KeyPlanner::press_with_modifiers(std::uint32_t keysym,
                                                      KeyPosition position) const {
  const std::uint8_t held = held_modifiers();
  // Ctrl+Shift+c comes as C from some viewers and as c from others; Shift is meant in both.
  const bool is_shortcut = (held & (kControlMask | kAltMask | kSuperMask)) != 0;
  const bool may_release = (is_character(keysym) || position.is_keypad) && !is_shortcut;
  std::vector<KeyStep> before, after;
  if (must_set_state_aside(keysym)) {
    before.push_back({kLastingState, false});
    after.push_back({kLastingState, true});
  }
  // Num Lock without Shift is the second level of a key of the key pad, neither is the first. What
  // Shift does there depends on the key's type: XKB's KEYPAD of some servers does not know it.
  const std::uint8_t num_mask = num_lock_mask();
  if (position.is_keypad && position.has_shifted && num_mask != 0) {
    const bool is_locked = (state_.locked_modifiers & num_mask) != 0;
    if (position.needs_shift != is_locked) {
      before.push_back({kNumLockTurned, true});
      after.push_back({kNumLockTurned, false});
    }
    position.needs_shift = false;
  }

  auto arrange = [&](std::optional<KeyPosition> modifier, std::uint8_t mask, bool is_needed,
                     bool is_harmful) {
    const bool is_held = (held & mask) != 0;
    if (is_needed && !is_held && modifier) {
      before.push_back({modifier->keycode, true});
      after.push_back({modifier->keycode, false});
    } else if (is_held && is_harmful && may_release) {
      for (auto [held_keysym, keycode] : held_) {
        if ((map_.modifiers_of(keycode) & mask) == 0) continue;
        before.push_back({keycode, false});
        after.push_back({keycode, true});
      }
    }
  };
  const auto level3 = map_.find(kKeysymLevel3Shift);
  const std::uint8_t level3_mask = level3 ? map_.modifiers_of(level3->keycode) : 0;
  arrange(map_.find(kKeysymShiftLeft), kShiftMask, position.needs_shift,
          !position.needs_shift && position.has_shifted);
  arrange(level3, level3_mask, position.needs_level3,
          !position.needs_level3 && position.has_level3);

  std::vector<KeyStep> steps = std::move(before);
  steps.push_back({position.keycode, true});
  steps.insert(steps.end(), after.rbegin(), after.rend());
  return steps;
}

std::uint8_t KeyPlanner::num_lock_mask() const {
  const auto num_lock = map_.find(kKeysymNumLock);
  return num_lock ? map_.modifiers_of(num_lock->keycode) : 0;
}

// Viewers have applied their own locks and layout to the keysym.
bool KeyPlanner::must_set_state_aside(std::uint32_t keysym) const {
  if (!is_character(keysym)) return false;
  const bool is_caps = (state_.locked_modifiers & kLockMask) != 0 && !is_caseless(keysym);
  return is_caps || state_.latched_modifiers != 0 || state_.group != 0;
}

std::vector<KeyStep> KeyPlanner::press_key(Keycode keycode) {
  const std::uint32_t name = kKeyItself | keycode;
  if (!held_.contains(name)) {
    held_[name] = keycode;
    return {{keycode, true}};
  }
  if (map_.modifiers_of(keycode) != 0 || repeat_ == KeyRepeat::kByServer) return {};
  return {{keycode, false}, {keycode, true}};
}

std::vector<KeyStep> KeyPlanner::release_key(Keycode keycode) {
  const std::uint32_t name = kKeyItself | keycode;
  return held_.contains(name) ? release(name) : std::vector<KeyStep>{};
}

std::vector<KeyStep> KeyPlanner::release(std::uint32_t keysym) {
  auto held = held_.find(keysym);
  if (held == held_.end()) {
    const auto position = locate(keysym);
    if (!position) return {};
    held = std::ranges::find_if(
        held_, [&](const auto& entry) { return entry.second == position->keycode; });
    if (held == held_.end()) return {};
  }
  const Keycode keycode = held->second;
  held_.erase(held);
  // Two keysyms of one key, both down: it stays down until the last is released.
  if (std::ranges::any_of(held_, [&](const auto& entry) { return entry.second == keycode; })) {
    return {};
  }
  return {{keycode, false}};
}

std::vector<KeyStep> KeyPlanner::release_all() {
  std::vector<KeyStep> steps;
  while (!held_.empty()) {
    const auto released = release(held_.begin()->first);
    steps.insert(steps.end(), released.begin(), released.end());
  }
  return steps;
}

}  // namespace oriel::desktop

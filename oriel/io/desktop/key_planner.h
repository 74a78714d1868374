#pragma once
// Turns keysyms that go down and up into presses of keys, with Shift and AltGr pressed or released
// around them where the map needs it, and with Caps Lock, latches and another group set aside.
// Knows what is held. Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "oriel/io/desktop/key_map.h"
#include "oriel/io/desktop/keyboard_state.h"

namespace oriel::desktop {

// No key but the lasting state of the keyboard: "up" sets Caps Lock, latches and the group aside,
// "down" brings the lock and the group back.
inline constexpr Keycode kLastingState = 0;
// "down" turns Num Lock into the other state, "up" brings back the one that lasts.
inline constexpr Keycode kNumLockTurned = 1;

struct KeyStep {
  Keycode keycode = 0;
  bool is_down = false;

  friend bool operator==(const KeyStep&, const KeyStep&) = default;
};

// Who repeats a key that is held: a server of ours leaves it to the viewer, whose line may be slow;
// on a display of others the server does it as it always did.
enum class KeyRepeat { kByViewer, kByServer };

// The network thread owns it.
class KeyPlanner {
 public:
  explicit KeyPlanner(KeyRepeat repeat) : repeat_(repeat) {}

  // What is held stays held by the keys that went down for it. Bindings are gone.
  void set_map(KeyMap map);
  const KeyMap& map() const { return map_; }
  // A spare key carries the keysym from now on, on all levels, instead of what it carried.
  void bind(std::uint32_t keysym, Keycode keycode);
  bool knows(std::uint32_t keysym) const { return locate(keysym).has_value(); }
  // The modifier that Num Lock is in this map; 0 when there is none.
  std::uint8_t num_lock_mask() const;
  void set_state(const KeyboardState& state) { state_ = state; }
  const KeyboardState& state() const { return state_; }

  // Steps in order; none for a keysym that the map lacks, and for Caps Lock and Num Lock.
  std::vector<KeyStep> press(std::uint32_t keysym);
  // Also when the viewer names the key by the keysym of another level, as after releasing Shift
  // first. None for what is not held.
  std::vector<KeyStep> release(std::uint32_t keysym);
  // The same for a key that the viewer names by itself; also for locks.
  std::vector<KeyStep> press_key(Keycode keycode);
  std::vector<KeyStep> release_key(Keycode keycode);
  std::vector<KeyStep> release_all();

 private:
  std::optional<KeyPosition> locate(std::uint32_t keysym) const;
  std::vector<KeyStep> press_with_modifiers(std::uint32_t keysym, KeyPosition position) const;
  bool must_set_state_aside(std::uint32_t keysym) const;
  std::uint8_t held_modifiers() const;

  KeyRepeat repeat_;
  KeyMap map_;
  std::map<Keycode, std::uint32_t> bound_;  // canonical keysyms
  KeyboardState state_;
  // By keysym, or by kKeyItself plus the keycode.
  std::map<std::uint32_t, Keycode> held_;
};

}  // namespace oriel::desktop

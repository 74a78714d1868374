#pragma once
// Turns keysyms that go down and up into presses of keys, with Shift and AltGr pressed or released
// around them where the map needs it. Knows what is held. Pure.

#include <cstdint>
#include <map>
#include <vector>

#include "oriel/io/desktop/key_map.h"

namespace oriel::desktop {

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

  // What is held stays held by the keys that went down for it.
  void set_map(KeyMap map) { map_ = std::move(map); }
  bool knows(std::uint32_t keysym) const { return map_.find(keysym).has_value(); }

  // Steps in order; none for a keysym that the map lacks, and for Caps Lock and Num Lock.
  std::vector<KeyStep> press(std::uint32_t keysym);
  // Also when the viewer names the key by the keysym of another level, as after releasing Shift
  // first. None for what is not held.
  std::vector<KeyStep> release(std::uint32_t keysym);
  std::vector<KeyStep> release_all();

 private:
  std::vector<KeyStep> press_with_modifiers(std::uint32_t keysym,
                                            const KeyPosition& position) const;
  std::uint8_t held_modifiers() const;

  KeyRepeat repeat_;
  KeyMap map_;
  std::map<std::uint32_t, Keycode> held_;
};

}  // namespace oriel::desktop

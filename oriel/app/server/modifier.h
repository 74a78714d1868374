#pragma once
// Which keys are modifiers that are held while others are pressed. Locks are none of them: they
// belong to the keyboard and not to who pressed them. Pure.

#include <cstdint>

namespace oriel::server {

// One bit each; the left and the right key of a pair are the same.
enum Modifier : std::uint8_t {
  kNoModifier = 0,
  kShiftModifier = 1 << 0,
  kControlModifier = 1 << 1,
  kMetaModifier = 1 << 2,
  kAltModifier = 1 << 3,
  kSuperModifier = 1 << 4,
  kHyperModifier = 1 << 5,
  kLevel3Modifier = 1 << 6,
  kGroupModifier = 1 << 7,  // Mode_switch, and what shifts to the fifth level or another group
};

// The keysym decides; without one (0) the scancode (XT set 1, as in desktop.h; 0: not known).
Modifier modifier_of(std::uint32_t keysym, std::uint32_t scancode);

}  // namespace oriel::server

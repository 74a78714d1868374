#pragma once
// The part of the X server's keyboard state that outlasts a key: what is locked and latched.

#include <cstdint>

namespace oriel::desktop {

struct KeyboardState {
  std::uint8_t locked_modifiers = 0;  // bits of X's modifier mask
  std::uint8_t latched_modifiers = 0;
  std::uint8_t group = 0;  // the effective one, of up to four
  std::uint8_t locked_group = 0;

  friend bool operator==(const KeyboardState&, const KeyboardState&) = default;
};

}  // namespace oriel::desktop

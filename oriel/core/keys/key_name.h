#pragma once
// Keys by name, as people and programs write them: "Return", "ctrl+alt+Delete", "é", "XF86Back".
// Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/base/result.h"

namespace oriel::keys {

// Keys that one combination may have.
inline constexpr std::size_t kCombinationKeysMax = 8;

// One key: a single character, a common name in any case ("enter", "esc", "pageup", "cmd", "f5",
// "ctrl"; lctrl and rctrl for its side), or an X keysym name as keysymdef.h has it. kInvalid names
// the text.
Result<std::uint32_t> keysym_of_name(std::string_view name);

// What X calls the key, such as "Shift_L", "a" or "U0416"; keysym_of_name takes it back.
std::string name_of_keysym(std::uint32_t keysym);

// Names with '+' between, pressed in that order and released in the other; '+' itself is "plus", or
// the last character as in "ctrl++".
Result<std::vector<std::uint32_t>> keysyms_of_combination(std::string_view names);

// The keysym of each character; line ends become Return, tabs Tab. kInvalid when it is no UTF-8 or
// has other control characters.
Result<std::vector<std::uint32_t>> keysyms_of_text(std::string_view utf8);

}  // namespace oriel::keys

#pragma once
// Which character a keysym stands for. X has up to three keysyms for one character: its Latin-1
// code, a legacy one (Cyrillic_a), and 0x01000000 plus its code point (keysymdef.h).

#include <cstdint>
#include <optional>

namespace oriel::keys {

// Plus a code point it is the keysym of any character.
inline constexpr std::uint32_t kUnicodeKeysym = 0x01000000;

// Nothing for keys without a character (Return, Shift) and for dead keys.
std::optional<std::uint32_t> code_point_of_keysym(std::uint32_t keysym);
// The Latin-1 keysym where there is one, else the Unicode one.
std::uint32_t keysym_of_code_point(std::uint32_t code_point);
// One keysym for all that stand for the same character; others stay as they are.
std::uint32_t canonical_keysym(std::uint32_t keysym);

}  // namespace oriel::keys

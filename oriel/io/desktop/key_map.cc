#include "oriel/io/desktop/key_map.h"

namespace oriel::desktop {
namespace {

// An XKB server tells group 1 in the columns 0, 1 (levels 1, 2) and 4, 5 (levels 3, 4); 2 and 3 are
// group 2, which is not reached here.
struct Level {
  int column;
  bool needs_shift;
  bool needs_level3;
};
constexpr Level kLevels[] = {
    {0, false, false}, {1, true, false}, {4, false, true}, {5, true, true}};

// Latin-1 as Unicode keysym (0x01000020..0x010000ff) is the plain Latin-1 keysym.
std::uint32_t canonical(std::uint32_t keysym) {
  const bool is_latin1 = keysym >= 0x01000020 && keysym <= 0x010000ff;
  return is_latin1 ? keysym & 0xff : keysym;
}

}  // namespace

KeyMap::KeyMap(Keycode first, int columns, std::span<const std::uint32_t> keysyms,
               std::span<const Keycode> modifiers) {
  if (columns <= 0) return;
  const std::size_t keys = keysyms.size() / columns;
  for (const Level& level : kLevels) {
    if (level.column >= columns) break;
    for (std::size_t key = 0; key < keys && first + key < 256; ++key) {
      const auto row = keysyms.subspan(key * columns, columns);
      auto at = [&](int column) { return column < columns ? row[column] : 0u; };
      const std::uint32_t keysym = canonical(at(level.column));
      if (keysym == 0) continue;
      positions_.try_emplace(
          keysym,
          KeyPosition{static_cast<Keycode>(first + key), level.needs_shift, level.needs_level3,
                      at(level.needs_level3 ? 5 : 1) != 0 &&
                          at(level.needs_level3 ? 5 : 1) != at(level.needs_level3 ? 4 : 0),
                      at(4) != 0 && at(4) != at(0)});
    }
  }
  const std::size_t keys_per_modifier = modifiers.size() / 8;
  for (std::size_t i = 0; i < keys_per_modifier * 8; ++i) {
    if (modifiers[i] == 0) continue;
    modifiers_[modifiers[i]] |= static_cast<std::uint8_t>(1u << (i / keys_per_modifier));
  }
}

std::optional<KeyPosition> KeyMap::find(std::uint32_t keysym) const {
  auto found = positions_.find(canonical(keysym));
  if (found == positions_.end()) return std::nullopt;
  return found->second;
}

}  // namespace oriel::desktop

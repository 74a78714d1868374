#include "oriel/io/desktop/key_map.h"

#include <algorithm>

#include "oriel/core/keys/keysym_unicode.h"

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

// KP_Space to KP_9 and the keys of the other level, KP_Home to KP_Delete.
bool is_keypad(std::uint32_t keysym) { return keysym >= 0xff80 && keysym <= 0xffbd; }

}  // namespace

KeyMap::KeyMap(Keycode first, int columns, std::span<const std::uint32_t> keysyms,
               std::span<const Keycode> modifiers) {
  if (columns <= 0) return;
  const std::size_t count = keysyms.size() / columns;
  for (const Level& level : kLevels) {
    if (level.column >= columns) break;
    for (std::size_t key = 0; key < count && first + key < 256; ++key) {
      const auto row = keysyms.subspan(key * columns, columns);
      auto at = [&](int column) { return column < columns ? row[column] : 0u; };
      const std::uint32_t keysym = keys::canonical_keysym(at(level.column));
      if (keysym == 0) continue;
      positions_.try_emplace(
          keysym,
          KeyPosition{static_cast<Keycode>(first + key), level.needs_shift, level.needs_level3,
                      at(level.needs_level3 ? 5 : 1) != 0 &&
                          at(level.needs_level3 ? 5 : 1) != at(level.needs_level3 ? 4 : 0),
                      at(4) != 0 && at(4) != at(0), is_keypad(at(0)) || is_keypad(at(1))});
    }
  }
  if (!positions_.contains(kKeysymLevel3Shift)) {
    std::erase_if(positions_, [](const auto& entry) { return entry.second.needs_level3; });
  }
  const std::size_t keys_per_modifier = modifiers.size() / 8;
  for (std::size_t i = 0; i < keys_per_modifier * 8; ++i) {
    if (modifiers[i] == 0) continue;
    modifiers_[modifiers[i]] |= static_cast<std::uint8_t>(1u << (i / keys_per_modifier));
  }
  for (std::size_t key = 0; key < count && first + key < 256; ++key) {
    const auto keycode = static_cast<Keycode>(first + key);
    const auto row = keysyms.subspan(key * columns, columns);
    has_keysym_[keycode] =
        std::ranges::any_of(row, [](std::uint32_t keysym) { return keysym != 0; });
    if (!has_keysym_[keycode] && modifiers_[keycode] == 0) spare_.push_back(keycode);
  }
}

std::optional<KeyPosition> KeyMap::find(std::uint32_t keysym) const {
  auto found = positions_.find(keys::canonical_keysym(keysym));
  if (found == positions_.end()) return std::nullopt;
  return found->second;
}

}  // namespace oriel::desktop

#pragma once
// Where each keysym lies on the server's keyboard: key, and level (Shift, AltGr). Pure.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace oriel::desktop {

using Keycode = std::uint8_t;

// Bits of X's modifier mask.
inline constexpr std::uint8_t kShiftMask = 1 << 0;
inline constexpr std::uint8_t kControlMask = 1 << 2;
inline constexpr std::uint8_t kAltMask = 1 << 3;
inline constexpr std::uint8_t kSuperMask = 1 << 6;

inline constexpr std::uint8_t kLockMask = 1 << 1;

inline constexpr std::uint32_t kKeysymNumLock = 0xff7f;
inline constexpr std::uint32_t kKeysymScrollLock = 0xff14;
inline constexpr std::uint32_t kKeysymShiftLeft = 0xffe1;
inline constexpr std::uint32_t kKeysymLevel3Shift = 0xfe03;

struct KeyPosition {
  Keycode keycode = 0;
  bool needs_shift = false;
  bool needs_level3 = false;
  // Shift (AltGr) makes another keysym of the key, so it must not be held when it is not needed.
  bool has_shifted = false;
  bool has_level3 = false;
  // On the key pad: Num Lock exchanges the two levels.
  bool is_keypad = false;

  friend bool operator==(const KeyPosition&, const KeyPosition&) = default;
};

// Immutable after construction.
class KeyMap {
 public:
  KeyMap() = default;
  // As the X server tells it: `keysyms` holds `columns` for each key from `first` on
  // (GetKeyboardMapping), `modifiers` the keys of Shift, Lock, Control, Mod1..Mod5
  // (GetModifierMapping; 0 fills up).
  KeyMap(Keycode first, int columns, std::span<const std::uint32_t> keysyms,
         std::span<const Keycode> modifiers);

  // The lowest level, then the lowest key that has it. Keysyms of the same character are the same
  // (core/keys/keysym_unicode.h). None on the third level when no key is AltGr.
  std::optional<KeyPosition> find(std::uint32_t keysym) const;
  // Keys without any keysym that are no modifiers.
  const std::vector<Keycode>& spare_keys() const { return spare_; }
  bool has_keysym(Keycode keycode) const { return has_keysym_[keycode]; }
  // Which modifiers the key stands for; 0 for most.
  std::uint8_t modifiers_of(Keycode keycode) const { return modifiers_[keycode]; }

 private:
  std::unordered_map<std::uint32_t, KeyPosition> positions_;
  std::array<std::uint8_t, 256> modifiers_{};
  std::array<bool, 256> has_keysym_{};
  std::vector<Keycode> spare_;
};

}  // namespace oriel::desktop

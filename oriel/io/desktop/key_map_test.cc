#include "oriel/io/desktop/key_map.h"

#include <gtest/gtest.h>

namespace oriel::desktop {
namespace {

// Seven keys from 10 on, six columns each; two keys for each modifier.
KeyMap small_map() {
  const std::uint32_t keysyms[] = {
      'a',    'A',    0,   0, 0xe4,      0xc4,  // 10: a A, with AltGr adiaeresis
      '1',    '!',    0,   0, 0,         0,     // 11
      0xff0d, 0,      0,   0, 0,         0,     // 12: Return
      '!',    '1',    'x', 0, 0x10020ac, 0,  // 13: ! on level 1, x only in group 2, euro with AltGr
      0xfe03, 0,      0,   0, 0,         0,  // 14: AltGr
      0xff95, 0xffb7, 0,   0, 0,         0,  // 15: KP_Home, KP_7
      0,      0,      0,   0, 0,         0,  // 16
  };
  Keycode modifiers[16] = {};
  modifiers[0] = 50;  // Shift
  modifiers[1] = 62;
  modifiers[4] = 37;  // Control
  return KeyMap(10, 6, keysyms, modifiers);
}

TEST(KeyMap, FindsTheKeyAndTheLevel) {
  const KeyMap map = small_map();
  EXPECT_EQ(map.find('a'), (KeyPosition{10, false, false, true, true}));
  EXPECT_EQ(map.find('A'), (KeyPosition{10, true, false, true, true}));
  EXPECT_EQ(map.find(0xe4), (KeyPosition{10, false, true, true, true}));
  EXPECT_EQ(map.find(0xc4), (KeyPosition{10, true, true, true, true}));
  EXPECT_EQ(map.find(0xff0d), (KeyPosition{12, false, false, false, false}));
}

TEST(KeyMap, PrefersTheLowestLevel) {
  EXPECT_EQ(small_map().find('!')->keycode, 13);
  EXPECT_EQ(small_map().find('1')->keycode, 11);
}

TEST(KeyMap, TakesAUnicodeKeysymOfLatin1AsThePlainOne) {
  EXPECT_EQ(small_map().find(0x010000e4), small_map().find(0xe4));
  EXPECT_TRUE(small_map().find(0x010020ac));
}

TEST(KeyMap, TakesLegacyAndUnicodeKeysymsOfACharacterAsTheSame) {
  EXPECT_EQ(small_map().find(0x20ac), small_map().find(0x010020ac));
  EXPECT_TRUE(small_map().find(0x20ac));
}

TEST(KeyMap, KnowsTheKeyPad) {
  EXPECT_EQ(small_map().find(0xffb7), (KeyPosition{15, true, false, true, false, true}));
}

TEST(KeyMap, TellsTheKeysThatAreFree) {
  const KeyMap map = small_map();
  EXPECT_EQ(map.spare_keys(), (std::vector<Keycode>{16}));
  EXPECT_TRUE(map.has_keysym(15));
  EXPECT_FALSE(map.has_keysym(16));
  EXPECT_FALSE(map.has_keysym(200));
}

TEST(KeyMap, FindsNothingOnTheThirdLevelWithoutAKeyForIt) {
  const std::uint32_t keysyms[] = {'q', 'Q', 0, 0, '@', 0};
  EXPECT_FALSE(KeyMap(10, 6, keysyms, {}).find('@'));
  EXPECT_TRUE(KeyMap(10, 6, keysyms, {}).find('Q'));
}

TEST(KeyMap, DoesNotFindWhatOnlyTheSecondGroupHas) { EXPECT_FALSE(small_map().find('x')); }

TEST(KeyMap, HasNothingWithoutKeys) {
  EXPECT_FALSE(KeyMap().find('a'));
  EXPECT_FALSE(KeyMap(8, 0, {}, {}).find(0));
  EXPECT_FALSE(small_map().find(0));
}

TEST(KeyMap, TellsWhichKeysAreModifiers) {
  const KeyMap map = small_map();
  EXPECT_EQ(map.modifiers_of(50), kShiftMask);
  EXPECT_EQ(map.modifiers_of(62), kShiftMask);
  EXPECT_EQ(map.modifiers_of(37), kControlMask);
  EXPECT_EQ(map.modifiers_of(10), 0);
}

}  // namespace
}  // namespace oriel::desktop

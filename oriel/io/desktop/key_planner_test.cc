#include "oriel/io/desktop/key_planner.h"

#include <gtest/gtest.h>

namespace oriel::desktop {
namespace {

constexpr std::uint32_t kReturn = 0xff0d, kTab = 0xff09, kLeftTab = 0xfe20, kControl = 0xffe3,
                        kShiftRight = 0xffe2;
constexpr Keycode kA = 10, kOne = 11, kReturnKey = 12, kTabKey = 13, kShift = 14, kShift2 = 15,
                  kControlKey = 16, kAltGr = 17;
using Steps = std::vector<KeyStep>;

KeyStep down(Keycode keycode) { return {keycode, true}; }
KeyStep up(Keycode keycode) { return {keycode, false}; }

KeyPlanner planner(KeyRepeat repeat = KeyRepeat::kByViewer) {
  const std::uint32_t keysyms[] = {
      'a',
      'A',
      0,
      0,
      0xe4,
      0xc4,  //
      '1',
      '!',
      0,
      0,
      0,
      0,  //
      kReturn,
      0,
      0,
      0,
      0,
      0,  //
      kTab,
      kLeftTab,
      0,
      0,
      0,
      0,  //
      kKeysymShiftLeft,
      0,
      0,
      0,
      0,
      0,  //
      kShiftRight,
      0,
      0,
      0,
      0,
      0,  //
      kControl,
      0,
      0,
      0,
      0,
      0,  //
      kKeysymLevel3Shift,
      0,
      0,
      0,
      0,
      0,  //
  };
  const Keycode modifiers[] = {kShift, kShift2, 0, 0, kControlKey, 0, 0,      0,
                               0,      0,       0, 0, 0,           0, kAltGr, 0};
  KeyPlanner planner(repeat);
  planner.set_map(KeyMap(kA, 6, keysyms, modifiers));
  return planner;
}

TEST(KeyPlanner, PressesAndReleasesAPlainKey) {
  auto keys = planner();
  EXPECT_EQ(keys.press('a'), (Steps{down(kA)}));
  EXPECT_EQ(keys.release('a'), (Steps{up(kA)}));
  EXPECT_EQ(keys.release('a'), Steps{});
}

TEST(KeyPlanner, AddsShiftAroundTheKeyWhenTheViewerDoesNotHoldIt) {
  auto keys = planner();
  EXPECT_EQ(keys.press('A'), (Steps{down(kShift), down(kA), up(kShift)}));
}

TEST(KeyPlanner, LeavesAHeldShiftAloneWhenItIsRight) {
  auto keys = planner();
  EXPECT_EQ(keys.press(kShiftRight), (Steps{down(kShift2)}));
  EXPECT_EQ(keys.press('A'), (Steps{down(kA)}));
  EXPECT_EQ(keys.press(kReturn), (Steps{down(kReturnKey)}));
}

TEST(KeyPlanner, TakesAHeldShiftAwayForACharacterAndGivesItBack) {
  auto keys = planner();
  keys.press(kShiftRight);
  EXPECT_EQ(keys.press('1'), (Steps{up(kShift2), down(kOne), down(kShift2)}));
}

TEST(KeyPlanner, LeavesShiftToFunctionKeysAndShortcuts) {
  auto keys = planner();
  keys.press(kKeysymShiftLeft);
  EXPECT_EQ(keys.press(kTab), (Steps{down(kTabKey)}));
  keys.press(kControl);
  EXPECT_EQ(keys.press('a'), (Steps{down(kA)}));
}

TEST(KeyPlanner, AddsAltGrAndShiftForTheFourthLevelAndUndoesThemInReverse) {
  auto keys = planner();
  EXPECT_EQ(keys.press(0xe4), (Steps{down(kAltGr), down(kA), up(kAltGr)}));
  keys.release(0xe4);
  EXPECT_EQ(keys.press(0xc4),
            (Steps{down(kShift), down(kAltGr), down(kA), up(kAltGr), up(kShift)}));
}

TEST(KeyPlanner, ReleasesTheKeyUnderTheNameOfItsOtherLevel) {
  auto keys = planner();
  keys.press('a');
  EXPECT_EQ(keys.release('A'), (Steps{up(kA)}));
  EXPECT_EQ(keys.release_all(), Steps{});
}

TEST(KeyPlanner, KeepsAKeyDownUntilTheLastOfItsKeysymsIsReleased) {
  auto keys = planner();
  keys.press('a');
  keys.press('A');
  EXPECT_EQ(keys.release('a'), Steps{});
  EXPECT_EQ(keys.release('A'), (Steps{up(kA)}));
}

TEST(KeyPlanner, RepeatsAHeldKeyForTheViewerButNoModifier) {
  auto keys = planner();
  keys.press('a');
  EXPECT_EQ(keys.press('a'), (Steps{up(kA), down(kA)}));
  keys.press(kControl);
  EXPECT_EQ(keys.press(kControl), Steps{});
}

TEST(KeyPlanner, LeavesRepeatingToTheServerWhenToldSo) {
  auto keys = planner(KeyRepeat::kByServer);
  keys.press('a');
  EXPECT_EQ(keys.press('a'), Steps{});
}

TEST(KeyPlanner, IgnoresLocksThatTheViewerHasAppliedAlready) {
  KeyPlanner keys(KeyRepeat::kByViewer);
  const std::uint32_t keysyms[] = {0xffe5, 0xff7f};
  const Keycode modifiers[] = {0, kA, 0, 0, kOne, 0, 0, 0};
  keys.set_map(KeyMap(kA, 1, keysyms, modifiers));
  for (const std::uint32_t lock : keysyms) {
    EXPECT_TRUE(keys.knows(lock));
    EXPECT_EQ(keys.press(lock), Steps{});
    EXPECT_EQ(keys.release(lock), Steps{});
  }
}

TEST(KeyPlanner, IgnoresAKeysymThatTheMapLacks) {
  auto keys = planner();
  EXPECT_FALSE(keys.knows(0x0100a000));
  EXPECT_EQ(keys.press(0x0100a000), Steps{});
  EXPECT_EQ(keys.release(0x0100a000), Steps{});
}

TEST(KeyPlanner, TakesTheOtherOfTwoLikeModifiersWhereTheMapHasOne) {
  constexpr std::uint32_t kControlRight = 0xffe4, kAltRight = 0xffea;
  auto keys = planner();
  EXPECT_EQ(keys.press(kControlRight), (Steps{down(kControlKey)}));
  EXPECT_EQ(keys.press(kControl), (Steps{down(kControlKey)}));
  EXPECT_EQ(keys.release(kControl), Steps{}) << "the right one holds it";
  EXPECT_EQ(keys.release(kControlRight), (Steps{up(kControlKey)}));
  EXPECT_EQ(keys.press(kAltRight), Steps{}) << "neither is there";
}

TEST(KeyPlanner, PressesTheSpareKeyThatCarriesTheKeysym) {
  auto keys = planner();
  keys.bind(0x20ac, 93);
  EXPECT_TRUE(keys.knows(0x010020ac)) << "the same character";
  keys.press(kShiftRight);
  EXPECT_EQ(keys.press(0x010020ac), (Steps{down(93)})) << "on all levels";
  EXPECT_EQ(keys.release(0x010020ac), (Steps{up(93)}));
  keys.bind(0x01004e2d, 93);
  EXPECT_FALSE(keys.knows(0x20ac));
  keys.set_map(KeyMap());
  EXPECT_FALSE(keys.knows(0x01004e2d));
}

TEST(KeyPlanner, SetsCapsLockAndAnotherGroupAsideForCharacters) {
  const KeyStep aside = up(kLastingState), back = down(kLastingState);
  auto keys = planner();
  keys.set_state({.locked_modifiers = kLockMask});
  EXPECT_EQ(keys.press('a'), (Steps{aside, down(kA), back}));
  EXPECT_EQ(keys.press('A'), (Steps{aside, down(kShift), down(kA), up(kShift), back}));
  EXPECT_EQ(keys.press('1'), (Steps{down(kOne)})) << "Caps Lock does not touch it";
  EXPECT_EQ(keys.press(kReturn), (Steps{down(kReturnKey)}));
  keys.release_all();
  keys.set_state({.group = 1, .locked_group = 1});
  EXPECT_EQ(keys.press('1'), (Steps{aside, down(kOne), back}));
  EXPECT_EQ(keys.press(kControl), (Steps{down(kControlKey)}));
}

TEST(KeyPlanner, TurnsNumLockForAKeyOfTheKeyPadWhereItIsWrong) {
  constexpr std::uint32_t kKpHome = 0xff95, kKp7 = 0xffb7, kKpEnter = 0xff8d;
  constexpr Keycode kHome = 10, kNumLock = 11, kShiftKey = 12, kEnter = 13;
  const std::uint32_t keysyms[] = {kKpHome,          kKp7, kKeysymNumLock, 0,
                                   kKeysymShiftLeft, 0,    kKpEnter,       kKpEnter};
  const Keycode modifiers[] = {kShiftKey, 0, 0, 0, kNumLock, 0, 0, 0};
  const KeyStep turn = down(kNumLockTurned), turn_back = up(kNumLockTurned);
  KeyPlanner keys(KeyRepeat::kByViewer);
  keys.set_map(KeyMap(kHome, 2, keysyms, modifiers));
  EXPECT_EQ(keys.press(kKp7), (Steps{turn, down(kHome), turn_back}));
  keys.release(kKp7);
  EXPECT_EQ(keys.press(kKpHome), (Steps{down(kHome)}));
  keys.release(kKpHome);
  keys.press(kKeysymShiftLeft);
  EXPECT_EQ(keys.press(kKp7),
            (Steps{turn, up(kShiftKey), down(kHome), down(kShiftKey), turn_back}));
  keys.release_all();
  keys.set_state({.locked_modifiers = 1 << 4});
  EXPECT_EQ(keys.press(kKp7), (Steps{down(kHome)}));
  keys.release(kKp7);
  EXPECT_EQ(keys.press(kKpHome), (Steps{turn, down(kHome), turn_back}));
  EXPECT_EQ(keys.press(kKpEnter), (Steps{down(kEnter)})) << "one level only";
}

TEST(KeyPlanner, PressesShiftOnTheKeyPadOfAMapWithoutNumLock) {
  constexpr std::uint32_t kKpHome = 0xff95, kKp7 = 0xffb7;
  const std::uint32_t keysyms[] = {kKpHome, kKp7, kKeysymShiftLeft, 0};
  const Keycode modifiers[] = {11, 0, 0, 0, 0, 0, 0, 0};
  KeyPlanner keys(KeyRepeat::kByViewer);
  keys.set_map(KeyMap(10, 2, keysyms, modifiers));
  EXPECT_EQ(keys.press(kKp7), (Steps{down(11), down(10), up(11)}));
}

TEST(KeyPlanner, PressesKeysThatTheViewerNamesAndKnowsTheirModifiers) {
  auto keys = planner();
  EXPECT_EQ(keys.press_key(kShift2), (Steps{down(kShift2)}));
  EXPECT_EQ(keys.press_key(kShift2), Steps{});
  EXPECT_EQ(keys.press('1'), (Steps{up(kShift2), down(kOne), down(kShift2)}));
  EXPECT_EQ(keys.press_key(kA), (Steps{down(kA)}));
  EXPECT_EQ(keys.press_key(kA), (Steps{up(kA), down(kA)}));
  EXPECT_EQ(keys.release_key(kA), (Steps{up(kA)}));
  EXPECT_EQ(keys.release_key(kA), Steps{});
  EXPECT_EQ(keys.release_all(), (Steps{up(kOne), up(kShift2)}));
}

TEST(KeyPlanner, ReleasesEverythingThatIsHeld) {
  auto keys = planner();
  keys.press(kControl);
  keys.press('1');
  const Steps steps = keys.release_all();
  EXPECT_EQ(steps, (Steps{up(kOne), up(kControlKey)}));
  EXPECT_EQ(keys.release_all(), Steps{});
}

TEST(KeyPlanner, ReleasesTheKeyThatWentDownAlsoUnderAnotherMap) {
  auto keys = planner();
  keys.press('a');
  const std::uint32_t other[] = {'b', 'B', 'a', 'A'};
  keys.set_map(KeyMap(kA, 2, other, {}));
  EXPECT_EQ(keys.release('a'), (Steps{up(kA)}));
}

}  // namespace
}  // namespace oriel::desktop

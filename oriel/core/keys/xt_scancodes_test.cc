#include "oriel/core/keys/xt_scancodes.h"

#include <gtest/gtest.h>

namespace oriel::keys {
namespace {

TEST(XtScancodes, NamesTheKeysOfTheMainBlock) {
  EXPECT_EQ(evdev_of_xt(0x01), 1);       // Esc
  EXPECT_EQ(evdev_of_xt(0x1e), 30);      // A
  EXPECT_EQ(x_keycode_of_xt(0x1e), 38);  // as xev says
  EXPECT_EQ(x_keycode_of_xt(0x56), 94);  // the key beside the left Shift
}

TEST(XtScancodes, NamesKeysWithAPrefixByBit7) {
  EXPECT_EQ(x_keycode_of_xt(0xcd), 114);  // Right
  EXPECT_EQ(x_keycode_of_xt(0x9d), 105);  // right Control
  EXPECT_EQ(x_keycode_of_xt(0xb8), 108);  // AltGr
  EXPECT_EQ(x_keycode_of_xt(0xc6), 127);  // Pause
}

TEST(XtScancodes, TakesBothScancodesOfPrint) {
  EXPECT_EQ(x_keycode_of_xt(0x54), 107);
  EXPECT_EQ(x_keycode_of_xt(0xb7), 107);
  EXPECT_EQ(xt_of_evdev(99), 0x54);
}

TEST(XtScancodes, KnowsNoKeyForOtherNumbers) {
  for (const std::uint32_t scancode :
       {0u, 0x5bu, 0x7fu, 0x80u, 0xffu, 0x100u, 0xe01du, 0xffffffffu}) {
    EXPECT_EQ(evdev_of_xt(scancode), std::nullopt) << scancode;
    EXPECT_EQ(x_keycode_of_xt(scancode), std::nullopt) << scancode;
  }
  EXPECT_EQ(xt_of_evdev(0), std::nullopt);
  EXPECT_EQ(xt_of_evdev(240), std::nullopt);
}

TEST(XtScancodes, RoundTripsEveryKey) {
  int keys = 0;
  for (std::uint32_t scancode = 0; scancode < 0x100; ++scancode) {
    const auto evdev = evdev_of_xt(scancode);
    if (!evdev) continue;
    ++keys;
    if (scancode == 0xb7) continue;
    EXPECT_EQ(xt_of_evdev(*evdev), scancode);
  }
  EXPECT_EQ(keys, 0x53 + 81);
}

}  // namespace
}  // namespace oriel::keys

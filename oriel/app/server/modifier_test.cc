#include "oriel/app/server/modifier.h"

#include <gtest/gtest.h>

namespace oriel::server {
namespace {

TEST(Modifier, IsTheSameForTheLeftAndTheRightKey) {
  for (const std::uint32_t left : {0xffe1u, 0xffe3u, 0xffe7u, 0xffe9u, 0xffebu, 0xffedu}) {
    EXPECT_NE(modifier_of(left, 0), kNoModifier) << left;
    EXPECT_EQ(modifier_of(left, 0), modifier_of(left + 1, 0)) << left;
  }
}

TEST(Modifier, IsToldByTheScancodeOnlyWhereThereIsNoKeysym) {
  EXPECT_EQ(modifier_of(0, 0x1d), kControlModifier);
  EXPECT_EQ(modifier_of(0, 0xb8), kAltModifier);
  EXPECT_EQ(modifier_of(0xfe03, 0xb8), kLevel3Modifier) << "AltGr";
  EXPECT_EQ(modifier_of('a', 0x1d), kNoModifier);
}

TEST(Modifier, IsNoLockAndNoOtherKey) {
  for (const std::uint32_t keysym : {0xffe5u, 0xffe6u, 0xff7fu, 0xff14u, 0x61u, 0xff0du})
    EXPECT_EQ(modifier_of(keysym, 0), kNoModifier) << keysym;
}

}  // namespace
}  // namespace oriel::server

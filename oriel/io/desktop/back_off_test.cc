#include "oriel/io/desktop/back_off.h"

#include <gtest/gtest.h>

namespace oriel::desktop {
namespace {

using namespace std::chrono_literals;

TEST(BackOff, WaitsTwiceAsLongEachTimeUpToTheLongest) {
  BackOff back_off(250ms, 2000ms);
  for (const auto expected : {125ms, 250ms, 500ms, 1000ms, 1000ms, 1000ms}) {
    EXPECT_EQ(back_off.next(0), expected);
  }
}

TEST(BackOff, AddsUpToAsMuchAgainAtRandom) {
  BackOff back_off(1000ms, 1000ms);
  EXPECT_EQ(back_off.next(0.5), 750ms);
  EXPECT_LT(back_off.next(0.999999), 1000ms);
  EXPECT_GT(back_off.next(0.999999), 999ms);
}

TEST(BackOff, BeginsAnewAfterSuccess) {
  BackOff back_off(250ms, 10s);
  for (int i = 0; i < 8; ++i) back_off.next(0);
  back_off.reset();
  EXPECT_EQ(back_off.next(0), 125ms);
}

}  // namespace
}  // namespace oriel::desktop

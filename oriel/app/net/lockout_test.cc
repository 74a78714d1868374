#include "oriel/app/net/lockout.h"

#include <gtest/gtest.h>

namespace oriel::net {
namespace {

using namespace std::chrono_literals;

TEST(Lockout, StartsAfterFiveFailuresAndDoubles) {
  Lockout lockout;
  TimePoint now{1h};
  for (int i = 0; i < 5; ++i) lockout.failed("10.0.0.5:4000", now);
  EXPECT_LE(lockout.locked_until("10.0.0.5:4001"), now);
  for (auto expected : {1s, 2s, 4s, 8s, 16s}) {
    lockout.failed("10.0.0.5:4002", now);
    EXPECT_EQ(lockout.locked_until("10.0.0.5:9"), now + expected);
  }
  for (int i = 0; i < 40; ++i) lockout.failed("10.0.0.5:4002", now);
  EXPECT_EQ(lockout.locked_until("10.0.0.5:9"), now + 10min);
  EXPECT_LE(lockout.locked_until("10.0.0.6:9"), now) << "others are not kept out";
}

TEST(Lockout, IsClearedByARightPasswordAndByTime) {
  Lockout lockout;
  TimePoint now{1h};
  for (int i = 0; i < 6; ++i) lockout.failed("10.0.0.5:1", now);
  lockout.succeeded("10.0.0.5:2");
  EXPECT_LE(lockout.locked_until("10.0.0.5:1"), now);
  for (int i = 0; i < 6; ++i) lockout.failed("10.0.0.5:1", now);
  now += 61min;
  lockout.failed("10.0.0.5:1", now);
  EXPECT_LE(lockout.locked_until("10.0.0.5:1"), now);
}

TEST(Lockout, RemembersABoundedNumberOfAddresses) {
  Lockout lockout;
  TimePoint now{1h};
  for (int i = 0; i < 6; ++i) lockout.failed("10.0.0.5:1", now);
  now += 1s;
  for (int i = 0; i < 10'050; ++i)
    lockout.failed("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ":1", now);
  EXPECT_EQ(lockout.locked_until("10.0.0.5:1"), TimePoint{}) << "the oldest was forgotten";
}

}  // namespace
}  // namespace oriel::net

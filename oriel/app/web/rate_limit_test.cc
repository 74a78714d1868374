#include "oriel/app/web/rate_limit.h"

#include <gtest/gtest.h>

namespace oriel::web {
namespace {

using namespace std::chrono_literals;
const TimePoint kStart{1h};

TEST(RateLimit, LetsABurstThroughAndThenItsRate) {
  RateLimit limit(10, 5, 100);
  int passed = 0;
  for (int i = 0; i < 20; ++i) passed += limit.take("a", kStart);
  EXPECT_EQ(passed, 5);
  for (int i = 1; i <= 100; ++i) passed += limit.take("a", kStart + i * 10ms);
  EXPECT_NEAR(passed, 15, 1);
}

TEST(RateLimit, CountsEachAddressByItself) {
  RateLimit limit(1, 1, 100);
  EXPECT_TRUE(limit.take("a", kStart));
  EXPECT_FALSE(limit.take("a", kStart));
  EXPECT_TRUE(limit.take("b", kStart));
}

TEST(RateLimit, ForgetsTheAddressUsedLeastLately) {
  RateLimit limit(0.001, 1, 2);
  EXPECT_TRUE(limit.take("a", kStart));
  EXPECT_TRUE(limit.take("b", kStart + 1s));
  EXPECT_TRUE(limit.take("c", kStart + 2s));
  EXPECT_FALSE(limit.take("b", kStart + 3s));
  EXPECT_TRUE(limit.take("a", kStart + 4s));
}

}  // namespace
}  // namespace oriel::web

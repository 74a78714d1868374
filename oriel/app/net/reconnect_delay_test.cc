#include "oriel/app/net/reconnect_delay.h"

#include <gtest/gtest.h>

namespace oriel::net {
namespace {

using namespace std::chrono_literals;

TEST(ReconnectDelay, DoublesFromTheFirstUpToTheCap) {
  const ReconnectPace pace{5000ms, 60'000ms};
  const auto middle = [&](unsigned attempt) { return reconnect_delay(pace, attempt, 0.5); };
  EXPECT_EQ(middle(0), 5000ms);
  EXPECT_EQ(middle(1), 5000ms);
  EXPECT_EQ(middle(2), 10'000ms);
  EXPECT_EQ(middle(4), 40'000ms);
  EXPECT_EQ(middle(5), 60'000ms);
  EXPECT_EQ(middle(4'000'000'000u), 60'000ms);
}

TEST(ReconnectDelay, GrowsByTheMultiplier) {
  const auto middle = [](double multiplier, unsigned attempt) {
    return reconnect_delay({1000ms, 60'000ms, multiplier}, attempt, 0.5);
  };
  EXPECT_EQ(middle(1.5, 3), 2250ms);
  EXPECT_EQ(middle(1, 1000), 1000ms);
  EXPECT_EQ(middle(1e300, 3), 60'000ms);
}

TEST(ReconnectDelay, VariesByAFifthEitherWay) {
  EXPECT_EQ(reconnect_delay({1000ms, 1000ms}, 1, 0), 800ms);
  EXPECT_EQ(reconnect_delay({1000ms, 1000ms}, 1, 1), 1200ms);
  EXPECT_EQ(reconnect_delay({1000ms, 10ms}, 9, 0.5), 1000ms);
}

}  // namespace
}  // namespace oriel::net

#include "oriel/core/rfb/message_allowance.h"

#include <gtest/gtest.h>

namespace oriel::rfb {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

Limits limits_of(int messages_per_s) {
  Limits limits;
  limits.messages_per_s = messages_per_s;
  limits.flood_timeout = 10s;
  return limits;
}

// When it may go on, or `now`.
TimePoint next_turn(const MessageAllowance& allowance, TimePoint now) {
  return std::max(now, allowance.rests_until().value_or(now));
}

TEST(MessageAllowance, TakesASecondsWorthAtOnceAndThenRests) {
  MessageAllowance allowance(limits_of(100), kStart);
  for (int i = 0; i < 99; ++i) allowance.spend(1, kStart);
  EXPECT_EQ(allowance.rests_until(), std::nullopt);
  allowance.spend(1, kStart);
  EXPECT_EQ(allowance.rests_until(), kStart + 20ms);
}

TEST(MessageAllowance, LetsThroughItsRateAndNoMore) {
  MessageAllowance allowance(limits_of(1000), kStart);
  int taken = 0;
  for (auto now = kStart; now < kStart + 10s; ++taken) {
    allowance.spend(1, now);
    now = next_turn(allowance, now);
  }
  EXPECT_NEAR(taken, 1000 + 10 * 1000, 30);
}

TEST(MessageAllowance, NeverRestsForOneWhoKeepsToTheRate) {
  MessageAllowance allowance(limits_of(1000), kStart);
  for (int i = 0; i < 60'000; ++i) {
    const auto now = kStart + i * 1ms;
    allowance.spend(1, now);
    ASSERT_EQ(allowance.rests_until(), std::nullopt) << i;
    ASSERT_FALSE(allowance.is_flood(now));
  }
}

TEST(MessageAllowance, CallsItAFloodOnlyWhenItDoesNotLetUp) {
  MessageAllowance allowance(limits_of(1000), kStart);
  auto now = kStart;
  const auto flood_for = [&](Duration span) {
    for (const auto end = now + span; now < end && !allowance.is_flood(now);) {
      allowance.spend(1, now);
      now = next_turn(allowance, now);
    }
  };
  flood_for(9s);
  EXPECT_FALSE(allowance.is_flood(now));
  now += 600ms;  // more than half of the bucket is there again
  flood_for(9s);
  EXPECT_FALSE(allowance.is_flood(now));
  flood_for(3s);
  EXPECT_TRUE(allowance.is_flood(now));
}

TEST(MessageAllowance, WeighsWhatIsDearForTheServer) {
  EXPECT_EQ(message_weight(KeyEvent{}), 1);
  EXPECT_EQ(message_weight(PointerEvent{}), 1);
  EXPECT_EQ(message_weight(UpdateRequest{true, {}}), 1);
  EXPECT_GT(message_weight(UpdateRequest{false, {}}), 10);
  EXPECT_GT(message_weight(SetPixelFormat{}), 10);
  EXPECT_GT(message_weight(SetEncodings{}), 10);
  EXPECT_GT(message_weight(SetDesktopSize{}), 100);
  EXPECT_EQ(message_weight(CutTextHead{0}), 1);
  // The longest text is taken without a rest by one who has said little.
  const Limits limits;
  EXPECT_LT(message_weight(CutTextHead{limits.cut_text_bytes_max}), limits.messages_per_s);
}

}  // namespace
}  // namespace oriel::rfb

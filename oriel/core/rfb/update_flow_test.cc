#include "oriel/core/rfb/update_flow.h"

#include <gtest/gtest.h>

namespace oriel::rfb {
namespace {

using std::chrono::milliseconds;

TEST(UpdateFlow, CapsTheRateUnderAFlood) {
  TimePoint now{};
  UpdateFlow flow(60, now);
  int sent = 0;
  for (const auto end = now + std::chrono::seconds(10); now < end;) {
    auto next = flow.next_allowed(now);
    if (next > now) {
      now = next;
      EXPECT_LE(flow.next_allowed(now), now) << "a timer for `next` would fire in vain";
    }
    flow.sent(now);
    ++sent;
    now += milliseconds(1);
  }
  EXPECT_NEAR(sent, 600, 5);
}

TEST(UpdateFlow, NeverDelaysTheFirstChangeAfterQuiet) {
  TimePoint now{};
  UpdateFlow flow(1, now);
  for (int i = 0; i < 3; ++i) flow.sent(now);
  EXPECT_GT(flow.next_allowed(now), now);
  now += std::chrono::seconds(2);
  EXPECT_EQ(flow.next_allowed(now), now);
}

TEST(UpdateFlow, LetsTheEffectOfInputThroughAtOnce) {
  TimePoint now{};
  UpdateFlow flow(1, now);
  for (int i = 0; i < 3; ++i) flow.sent(now);
  flow.input_came(now);
  EXPECT_EQ(flow.next_allowed(now), now);
  flow.sent(now);
  EXPECT_GT(flow.next_allowed(now), now);
}

}  // namespace
}  // namespace oriel::rfb

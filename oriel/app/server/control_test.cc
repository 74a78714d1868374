#include "oriel/app/server/control.h"

#include <gtest/gtest.h>

namespace oriel::server {
namespace {

using namespace std::chrono_literals;

TEST(Control, SharedLetsEverybodyAct) {
  Control control(ControlPolicy::kShared, 10s);
  EXPECT_TRUE(control.act(1, TimePoint{}) && control.act(2, TimePoint{}));
  EXPECT_EQ(control.owner(TimePoint{}), std::nullopt);
}

TEST(Control, SingleBelongsToTheFirstWhoActsUntilIdle) {
  Control control(ControlPolicy::kSingle, 10s);
  TimePoint now{};
  EXPECT_TRUE(control.act(1, now));
  EXPECT_FALSE(control.act(2, now + 9s));
  EXPECT_TRUE(control.act(1, now + 9s));
  EXPECT_FALSE(control.act(2, now + 18s)) << "the owner acted 9 s ago";
  EXPECT_EQ(control.owner(now + 18s), 1u);
  EXPECT_EQ(control.owner(now + 19s), std::nullopt);
  EXPECT_TRUE(control.act(2, now + 19s));
  EXPECT_FALSE(control.act(1, now + 19s));
}

TEST(Control, IsFreeWhenTheOwnerLeaves) {
  Control control(ControlPolicy::kSingle, 10s);
  EXPECT_TRUE(control.act(1, TimePoint{}));
  control.release(2);
  EXPECT_FALSE(control.act(2, TimePoint{}));
  control.release(1);
  EXPECT_TRUE(control.act(2, TimePoint{}));
}

}  // namespace
}  // namespace oriel::server

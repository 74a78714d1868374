#include "oriel/io/desktop/poll_schedule.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "oriel/io/desktop/limits.h"

namespace oriel::desktop {
namespace {

using image::Rect;
using image::Size;
using Look = PollSchedule::Look;

constexpr Size kDesktop{640, 320};  // ten bands
const TimePoint kStart{};

// Looks at all that is due until `end`; how many looks that were.
int look_until(PollSchedule& schedule, TimePoint end, Look what = Look::kSame) {
  int looks = 0;
  while (schedule.next() <= end) {
    const TimePoint now = schedule.next();
    for (const int band : schedule.due(now)) {
      schedule.looked(band, what, now);
      ++looks;
    }
  }
  return looks;
}

TEST(PollSchedule, CoversEveryRowOnceInBandsOf32Rows) {
  const PollSchedule schedule({640, 330}, kStart);
  ASSERT_EQ(schedule.bands().size(), 11u);
  int next = 0;
  for (const Rect& band : schedule.bands()) {
    EXPECT_EQ(band.y, next);
    EXPECT_EQ(band.width, 640);
    next = band.bottom();
  }
  EXPECT_EQ(next, 330);
}

TEST(PollSchedule, HasAtMost64BandsHoweverTallTheDesktop) {
  EXPECT_EQ(PollSchedule({100, 2048}, kStart).bands().size(), 64u);
  EXPECT_LE(PollSchedule({100, 2049}, kStart).bands().size(), 64u);
  EXPECT_LE(PollSchedule({100, kMaxSidePx}, kStart).bands().size(), 64u);
}

TEST(PollSchedule, LooksAtEverythingFirst) {
  const PollSchedule schedule(kDesktop, kStart);
  EXPECT_EQ(schedule.next(), kStart);
  EXPECT_EQ(schedule.due(kStart).size(), 10u);
}

TEST(PollSchedule, SlowsDownWhereNothingChanges) {
  PollSchedule schedule(kDesktop, kStart);
  look_until(schedule, kStart + std::chrono::seconds(10));
  const int looks = look_until(schedule, kStart + std::chrono::seconds(20));
  EXPECT_EQ(looks, 10 * 10'000 / kPollSlow.count());
}

TEST(PollSchedule, LooksOftenWhereSomethingChangesAndBesideIt) {
  PollSchedule schedule(kDesktop, kStart);
  look_until(schedule, kStart + std::chrono::seconds(10));
  const TimePoint now = kStart + std::chrono::seconds(11);
  for (const int band : schedule.due(now)) {
    schedule.looked(band, band == 4 ? Look::kChanged : Look::kSame, now);
  }
  EXPECT_EQ(schedule.next(), now + kPollFast);
  EXPECT_EQ(schedule.due(now + kPollFast), (std::vector<int>{3, 4, 5}));
}

TEST(PollSchedule, LooksEverywhereSoonAfterInput) {
  PollSchedule schedule(kDesktop, kStart);
  const TimePoint now = kStart + std::chrono::seconds(10);
  look_until(schedule, now);
  schedule.input_came(now);
  EXPECT_EQ(schedule.due(now + kPollFast).size(), 10u);
  EXPECT_GE(look_until(schedule, now + kPollInput), 10 * (kPollInput / kPollFast - 1));
}

TEST(PollSchedule, GivesTheLookingNoMoreThanItsShareOfTheTime) {
  PollSchedule schedule(kDesktop, kStart);
  const auto cost = std::chrono::milliseconds(100);
  for (const int band : schedule.due(kStart)) {
    schedule.looked(band, Look::kChanged, kStart + cost);
  }
  schedule.paid(kStart, kStart + cost);
  EXPECT_EQ(schedule.next(), kStart + cost * kPollShare);
  EXPECT_TRUE(schedule.due(kStart + cost * kPollShare - std::chrono::milliseconds(1)).empty());
  EXPECT_EQ(schedule.due(kStart + cost * kPollShare).size(), 10u);
}

TEST(PollSchedule, LooksAgainSoonAtWhatCouldNotBeRead) {
  PollSchedule schedule(kDesktop, kStart);
  const TimePoint now = kStart + std::chrono::seconds(10);
  look_until(schedule, now);
  schedule.looked(2, Look::kFailed, now);
  const auto due = schedule.due(now + kPollFast);
  EXPECT_TRUE(std::ranges::find(due, 2) != due.end());
}

TEST(PollSchedule, BeginsAnewWithAnotherSize) {
  PollSchedule schedule(kDesktop, kStart);
  look_until(schedule, kStart + std::chrono::seconds(5));
  const TimePoint now = kStart + std::chrono::seconds(6);
  schedule.reset({320, 64}, now);
  EXPECT_EQ(schedule.due(now), (std::vector<int>{0, 1}));
}

}  // namespace
}  // namespace oriel::desktop

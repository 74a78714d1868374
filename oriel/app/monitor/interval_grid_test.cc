#include "oriel/app/monitor/interval_grid.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace oriel::monitor {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

const TimePoint kEpoch{std::chrono::hours(1)};
const IntervalGrid kGrid(kEpoch, milliseconds(100));

// When something of this interval is done, if each time it is noticed `late` after it is due.
std::vector<int> due_ms(milliseconds interval, Duration late, int count) {
  std::vector<int> times;
  for (auto now = kEpoch; count > 0; --count) {
    const auto due = kGrid.due_after(now, interval);
    times.push_back(static_cast<int>((due - kEpoch) / milliseconds(1)));
    now = due + late;
  }
  return times;
}

TEST(IntervalGrid, DoesNotDriftHoweverLateItIsNoticed) {
  for (const Duration late : {Duration(0), Duration(microseconds(300)), Duration(milliseconds(90))})
    EXPECT_EQ(due_ms(milliseconds(700), late, 4), (std::vector{700, 1400, 2100, 2800}));
}

TEST(IntervalGrid, RoundsUpToTicksSoThatIntervalsMeet) {
  EXPECT_EQ(due_ms(milliseconds(250), microseconds(10), 5),
            (std::vector{300, 500, 800, 1000, 1300}));
  EXPECT_EQ(due_ms(milliseconds(101), microseconds(10), 3), (std::vector{200, 300, 400}));
}

TEST(IntervalGrid, MakesNoBurstAfterAPause) {
  EXPECT_EQ(kGrid.due_after(kEpoch + milliseconds(61'234), milliseconds(500)),
            kEpoch + milliseconds(61'500));
  EXPECT_EQ(kGrid.due_after(kEpoch + milliseconds(61'500), milliseconds(500)),
            kEpoch + milliseconds(62'000));
}

TEST(IntervalGrid, TakesAtMostOneSampleForEachTick) {
  std::set<int> ticks;
  for (int interval = 100; interval <= 1000; interval += 37)
    for (const int at : due_ms(milliseconds(interval), microseconds(50), 10)) ticks.insert(at);
  for (const int at : ticks) EXPECT_EQ(at % 100, 0);
}

TEST(IntervalGrid, HasATickAtTheTimeItself) {
  EXPECT_EQ(kGrid.tick_at(kEpoch + milliseconds(300)), kEpoch + milliseconds(300));
  EXPECT_EQ(kGrid.tick_at(kEpoch + milliseconds(300) + Duration(1)), kEpoch + milliseconds(400));
}

}  // namespace
}  // namespace oriel::monitor

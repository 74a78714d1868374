#include "oriel/core/conduit/latency.h"

#include <gtest/gtest.h>

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;

TEST(LatencyStats, HasNothingBeforeTheFirst) {
  const LatencyStats stats;
  EXPECT_FALSE(stats.current || stats.average || stats.least || stats.most);
}

TEST(LatencyStats, BeginsWithTheFirst) {
  LatencyStats stats;
  stats.add(10ms);
  EXPECT_EQ(stats, (LatencyStats{10ms, 10ms, 10ms, 10ms}));
}

TEST(LatencyStats, MovesItsAverageByThreeTenthsAndKeepsTheExtremes) {
  LatencyStats stats;
  for (const auto latency : {10ms, 20ms, 5ms}) stats.add(latency);
  EXPECT_EQ(stats.current, 5ms);
  EXPECT_EQ(stats.average, 10'600us);  // 0.3 * 5 + 0.7 * (0.3 * 20 + 0.7 * 10)
  EXPECT_EQ(stats.least, 5ms);
  EXPECT_EQ(stats.most, 20ms);
}

}  // namespace
}  // namespace oriel::conduit

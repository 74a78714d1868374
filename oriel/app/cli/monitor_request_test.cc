#include "oriel/app/cli/monitor_request.h"

#include <gtest/gtest.h>

#include "oriel/core/monitor/rule_text.h"

namespace oriel::cli {
namespace {

using monitor::Metric;
using namespace std::chrono_literals;

constexpr std::chrono::system_clock::time_point kNow{1'000'000s};

TEST(Subscription, IsNothingWhenServersSendTheRestUnasked) {
  EXPECT_FALSE(subscription(MonitorOptions(), {}, kNow));
  const std::vector rules{monitor::parse_fleet_rule("average(cpu) > 80").value()};
  EXPECT_FALSE(subscription(MonitorOptions(), rules, kNow));
}

TEST(Subscription, AddsWhatTheRulesLookAt) {
  const std::vector rules{monitor::parse_fleet_rule("max(swap) > 80").value()};
  const auto request = subscription(MonitorOptions(), rules, kNow);
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->metrics.has(Metric::kSwap));
  EXPECT_TRUE(request->metrics.has(Metric::kMemory));
}

TEST(Subscription, AsksForWhatTheFormatShows) {
  MonitorOptions options;
  options.interval = 100ms;
  EXPECT_EQ(subscription(options, {}, kNow)->metrics, monitor::kSeedMetrics);
  options.format = monitor::Format::kJson;
  EXPECT_EQ(subscription(options, {}, kNow)->metrics, monitor::all_but_processes());
  EXPECT_EQ(subscription(options, {}, kNow)->interval, 100ms);
}

TEST(Subscription, AsksForAllAndTheLastMinutesForTheFullScreen) {
  MonitorOptions options;
  options.is_full_screen = true;
  const auto request = subscription(options, {}, kNow);
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->metrics.has(Metric::kProcesses));
  EXPECT_TRUE(request->metrics.has(Metric::kNetwork));
  EXPECT_EQ(request->interval, 1s);
  EXPECT_EQ(request->since_us, 999'700'000'000);
}

TEST(Subscription, CountsBackFromNowButNotBeyond1970) {
  MonitorOptions options;
  options.since = 10min;
  EXPECT_EQ(subscription(options, {}, kNow)->since_us, 999'400'000'000);
  options.since = 24h * 365;
  EXPECT_EQ(subscription(options, {}, kNow)->since_us, 0);
}

TEST(Subscription, AsksForProcessesWhenTheirNumberIsGiven) {
  MonitorOptions options;
  options.metrics = monitor::MetricSet{Metric::kDisks};
  options.top_processes = 3;
  const auto request = subscription(options, {}, kNow);
  EXPECT_EQ(request->metrics, (monitor::MetricSet{Metric::kDisks, Metric::kProcesses}));
  EXPECT_EQ(request->top_processes, 3u);
}

}  // namespace
}  // namespace oriel::cli

#include "oriel/app/monitor/fleet_watch.h"

#include <gtest/gtest.h>

#include "oriel/core/monitor/figure_table.h"
#include "oriel/core/monitor/rule_text.h"

namespace oriel::monitor {
namespace {

using namespace std::chrono_literals;

FleetWatch watch_of(std::string_view rule, std::vector<std::string> hosts) {
  const std::vector<FleetRule> rules{parse_fleet_rule(rule).value()};
  return FleetWatch::make(rules, std::move(hosts)).value();
}

Value with_cpu(double percent) {
  return Object{{"data", Object{{"processor", Object{{"usage_percent", percent}}}}}};
}

constexpr TimePoint kStart{};

TEST(FleetWatch, TellsWhenTheAverageOfAllHostsReachesTheThreshold) {
  auto watch = watch_of("average(cpu) > 80, hosts 2", {"a", "b"});
  EXPECT_TRUE(watch.update(0, with_cpu(90), {}, kStart).empty());
  const auto events = watch.update(1, with_cpu(72), {}, kStart + 1s);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(alert_message(events[0].alert),
            "High average processor usage: 81.0% (threshold: 80.0%)");
  EXPECT_EQ(watch.update(1, with_cpu(10), {}, kStart + 2s).at(0).change.to, AlertLevel::kNone);
}

TEST(FleetWatch, SaysWhatLastsAndWhatChangesWithinACooldown) {
  auto watch = watch_of("max(cpu) > 80", {"a"});
  EXPECT_TRUE(watch.active().empty());
  watch.update(0, with_cpu(90), {}, kStart);
  ASSERT_EQ(watch.active().size(), 1u);
  EXPECT_EQ(watch.active()[0].level, AlertLevel::kWarning);
  watch.update(0, with_cpu(10), {}, kStart + 1s);
  EXPECT_TRUE(watch.active().empty());
  const auto again = watch.update(0, with_cpu(90), {}, kStart + 2s);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_FALSE(again[0].change.is_notice);
}

TEST(FleetWatch, CountsNoHostThatIsGone) {
  auto watch = watch_of("count(cpu > 90) >= 2", {"a", "b"});
  EXPECT_TRUE(watch.update(0, with_cpu(95), {}, kStart).empty());
  watch.forget(0);
  EXPECT_TRUE(watch.update(1, with_cpu(95), {}, kStart + 1s).empty());
  EXPECT_EQ(watch.update(0, with_cpu(95), {}, kStart + 2s).size(), 1u);
}

TEST(FleetWatch, AsksForASectionForEveryFigureThatCanBeWatched) {
  for (const auto& figure : figure_table()) {
    FleetRule rule;
    rule.rule.component = figure.component;
    EXPECT_FALSE(metrics_of(std::span(&rule, 1)).is_empty()) << figure.component;
  }
}

}  // namespace
}  // namespace oriel::monitor

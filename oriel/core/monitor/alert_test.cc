#include "oriel/core/monitor/alert.h"

#include <gtest/gtest.h>

#include <limits>

#include "oriel/core/monitor/fleet_rule.h"
#include "oriel/core/monitor/limits.h"

namespace oriel::monitor {
namespace {

using std::chrono::seconds;
using Change = AlertTracker::Change;
constexpr auto kNone = AlertLevel::kNone;
constexpr auto kWarning = AlertLevel::kWarning;
constexpr auto kCritical = AlertLevel::kCritical;

AlertRule memory_rule() {
  auto rule = default_alert_rules().front();
  rule.duration = seconds(10);
  rule.hysteresis = 5;
  rule.cooldown = seconds(60);
  return rule;
}

TimePoint at(int second) { return TimePoint(seconds(1000 + second)); }

TEST(AlertTracker, RaisesAtTheThresholdAfterItsDuration) {
  AlertTracker tracker;
  const auto rule = memory_rule();
  EXPECT_FALSE(tracker.update(rule, 79.9, at(0)));
  EXPECT_FALSE(tracker.update(rule, 80, at(1)));
  EXPECT_FALSE(tracker.update(rule, 85, at(10)));
  EXPECT_EQ(tracker.update(rule, 80, at(11)), (Change{kNone, kWarning, true}));
}

TEST(AlertTracker, CountsTheDurationAnewAfterADip) {
  AlertTracker tracker;
  const auto rule = memory_rule();
  tracker.update(rule, 85, at(0));
  tracker.update(rule, 79, at(9));
  EXPECT_FALSE(tracker.update(rule, 85, at(10)));
  EXPECT_FALSE(tracker.update(rule, 85, at(19)));
  EXPECT_TRUE(tracker.update(rule, 85, at(20)));
}

TEST(AlertTracker, EscalatesAndEndsOnlyBelowTheHysteresis) {
  AlertTracker tracker;
  const auto rule = memory_rule();
  tracker.update(rule, 85, at(0));
  tracker.update(rule, 95, at(10));
  EXPECT_EQ(tracker.level(), kWarning);
  EXPECT_EQ(tracker.update(rule, 95, at(20)), (Change{kWarning, kCritical, true}));
  EXPECT_FALSE(tracker.update(rule, 85, at(21))) << "within 5 of 90";
  EXPECT_EQ(tracker.update(rule, 84.9, at(22)), (Change{kCritical, kWarning, false}));
  EXPECT_FALSE(tracker.update(rule, 75, at(23)));
  EXPECT_EQ(tracker.update(rule, 74.9, at(24)), (Change{kWarning, kNone, true}));
}

TEST(AlertTracker, TellsTheSameLevelOnceWithinTheCooldown) {
  AlertTracker tracker;
  auto rule = memory_rule();
  rule.duration = {};
  EXPECT_EQ(tracker.update(rule, 85, at(0)), (Change{kNone, kWarning, true}));
  EXPECT_EQ(tracker.update(rule, 10, at(1)), (Change{kWarning, kNone, true}));
  EXPECT_EQ(tracker.update(rule, 85, at(59)), (Change{kNone, kWarning, false}));
  EXPECT_EQ(tracker.level(), kWarning) << "it is shown although nobody is told";
  EXPECT_EQ(tracker.update(rule, 10, at(59)), (Change{kWarning, kNone, false}));
  EXPECT_EQ(tracker.update(rule, 95, at(59)), (Change{kNone, kCritical, true}));
  tracker.update(rule, 10, at(59));
  EXPECT_EQ(tracker.update(rule, 85, at(60)), (Change{kNone, kWarning, true}));
}

TEST(AlertTracker, TellsALevelThatStillLastsWhenItsCooldownEnds) {
  AlertTracker tracker;
  auto rule = memory_rule();
  rule.duration = {};
  tracker.update(rule, 95, at(0));
  tracker.update(rule, 10, at(1));
  EXPECT_EQ(tracker.update(rule, 95, at(2)), (Change{kNone, kCritical, false}));
  EXPECT_FALSE(tracker.update(rule, 95, at(59)));
  EXPECT_EQ(tracker.update(rule, 95, at(60)), (Change{kCritical, kCritical, true}));
  EXPECT_FALSE(tracker.update(rule, 95, at(500))) << "told once";
  EXPECT_EQ(tracker.update(rule, 10, at(501)), (Change{kCritical, kNone, true}));
}

TEST(AlertTracker, TellsARiseToALevelInItsCooldownLater) {
  AlertTracker tracker;
  auto rule = memory_rule();
  rule.duration = {};
  tracker.update(rule, 95, at(0));
  tracker.update(rule, 10, at(1));
  EXPECT_EQ(tracker.update(rule, 85, at(2)), (Change{kNone, kWarning, true}));
  EXPECT_EQ(tracker.update(rule, 95, at(3)), (Change{kWarning, kCritical, false}));
  EXPECT_EQ(tracker.update(rule, 95, at(60)), (Change{kCritical, kCritical, true}));
}

TEST(AlertTracker, TellsTheLowerLevelWhenTheHigherOneWasNeverTold) {
  AlertTracker tracker;
  auto rule = memory_rule();
  rule.duration = {};
  tracker.update(rule, 95, at(0));
  tracker.update(rule, 10, at(1));
  tracker.update(rule, 95, at(2));
  EXPECT_EQ(tracker.update(rule, 82, at(3)), (Change{kCritical, kWarning, true}));
  EXPECT_FALSE(tracker.update(rule, 82, at(60))) << "critical is over";
}

TEST(AlertTracker, SurvivesTimeSteppingBack) {
  AlertTracker tracker;
  const auto rule = memory_rule();
  tracker.update(rule, 85, at(100));
  EXPECT_FALSE(tracker.update(rule, 85, at(0)));
  EXPECT_TRUE(tracker.update(rule, 85, at(110)));
}

TEST(AlertTracker, EndsWhenTheFigureIsGone) {
  AlertTracker tracker;
  auto rule = memory_rule();
  rule.duration = {};
  tracker.update(rule, 85, at(0));
  EXPECT_FALSE(tracker.update(rule, {}, at(59)));
  EXPECT_EQ(tracker.update(rule, {}, at(0) + kAlertStaleAfter), (Change{kWarning, kNone, true}));
}

TEST(AlertTracker, WatchesSmallValuesToo) {
  AlertRule rule;
  rule.component = "battery";
  rule.metric = "percent";
  rule.direction = Direction::kBelow;
  rule.warning = 20;
  rule.critical = 5;
  rule.hysteresis = 2;
  ASSERT_TRUE(check_rule(rule));
  AlertTracker tracker;
  EXPECT_FALSE(tracker.update(rule, 21, at(0)));
  EXPECT_EQ(tracker.update(rule, 20, at(1)), (Change{kNone, kWarning, true}));
  EXPECT_EQ(tracker.update(rule, 4, at(2)), (Change{kWarning, kCritical, true}));
  EXPECT_FALSE(tracker.update(rule, 7, at(3)));
  EXPECT_EQ(tracker.update(rule, 23, at(4)), (Change{kCritical, kNone, true}));
}

TEST(AlertRule, IsRefusedWhenItMakesNoSense) {
  EXPECT_FALSE(check_rule({}));
  auto rule = memory_rule();
  rule.critical = 70;
  EXPECT_FALSE(check_rule(rule));
  rule = memory_rule();
  rule.hysteresis = -1;
  EXPECT_FALSE(check_rule(rule));
  rule = memory_rule();
  rule.warning = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(check_rule(rule));
  rule = memory_rule();
  rule.cooldown = seconds(-1);
  EXPECT_FALSE(check_rule(rule));
  rule = memory_rule();
  rule.metric = "nothing";
  EXPECT_FALSE(AlertRules::make({rule}));
}

Snapshot using_memory(double percent, int second = 0) {
  Snapshot snapshot;
  snapshot.time.microseconds = std::int64_t{second} * 1'000'000;
  snapshot.memory.emplace();
  snapshot.memory->usage_percent = percent;
  return snapshot;
}

TEST(AlertRules, AreByDefaultThoseOfTheRealServer) {
  auto rules = AlertRules::make(default_alert_rules());
  ASSERT_TRUE(rules);
  EXPECT_TRUE(rules->update(using_memory(79.9), at(0)).empty());
  const auto events = rules->update(using_memory(81), at(1));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(alert_message(events[0].alert), "High memory usage: 81.0% (threshold: 80.0%)");
  rules->update(using_memory(91), at(2));
  rules->update(using_memory(92.5), at(3));
  ASSERT_EQ(rules->active().size(), 1u);
  EXPECT_EQ(alert_message(rules->active()[0]), "Critical memory usage: 92.5% (threshold: 90.0%)");
  rules->update(using_memory(10), at(4));
  EXPECT_TRUE(rules->active().empty());
}

TEST(AlertRules, KeepTheBeginningOfWhatIsToldLate) {
  auto rules = AlertRules::make(default_alert_rules());
  ASSERT_TRUE(rules);
  rules->update(using_memory(91, 0), at(0));
  rules->update(using_memory(10, 1), at(1));
  rules->update(using_memory(92, 2), at(2));
  EXPECT_TRUE(rules->update(using_memory(93, 299), at(299)).empty());
  const auto events = rules->update(using_memory(94, 300), at(300));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].change, (Change{kCritical, kCritical, true}));
  EXPECT_EQ(events[0].alert.since.microseconds, 2'000'000);
  EXPECT_EQ(events[0].alert.value, 94);
}

FleetRule fleet_rule(Aggregate aggregate, double warning) {
  FleetRule rule;
  rule.rule.component = "processor";
  rule.rule.metric = "usage_percent";
  rule.rule.warning = warning;
  rule.aggregate = aggregate;
  rule.host_threshold = 90;
  return rule;
}

const std::vector<HostFigure> kHosts{{"a", 95.0}, {"b", 91.0}, {"c", 30.0}, {"d", {}}};

TEST(FleetRule, TakesAverageMaximumAndCountOfTheHostsThatSay) {
  EXPECT_EQ(aggregate_of(fleet_rule(Aggregate::kAverage, 1), kHosts), 72);
  EXPECT_EQ(aggregate_of(fleet_rule(Aggregate::kMaximum, 1), kHosts), 95);
  EXPECT_EQ(aggregate_of(fleet_rule(Aggregate::kCount, 1), kHosts), 2);
  auto rule = fleet_rule(Aggregate::kAverage, 1);
  rule.hosts_min = 4;
  EXPECT_FALSE(aggregate_of(rule, kHosts));
  EXPECT_FALSE(aggregate_of(fleet_rule(Aggregate::kMaximum, 1), {}));
}

TEST(FleetRule, TakesTheWorstOfSmallFigures) {
  auto rule = fleet_rule(Aggregate::kMaximum, 1);
  rule.rule.direction = Direction::kBelow;
  EXPECT_EQ(aggregate_of(rule, kHosts), 30);
}

TEST(FleetAlert, RaisesAndEnds) {
  auto alert = FleetAlert::make(fleet_rule(Aggregate::kCount, 2));
  ASSERT_TRUE(alert);
  const auto raised = alert->update(kHosts, {}, at(0));
  ASSERT_TRUE(raised);
  EXPECT_EQ(alert_message(raised->alert),
            "High number of hosts with processor usage of 90.0% or more: 2 (threshold: 2)");
  EXPECT_TRUE(alert->active());
  const auto ended = alert->update(std::span(kHosts).subspan(1), {}, at(1));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->change.to, kNone);
  EXPECT_FALSE(alert->active());
}

}  // namespace
}  // namespace oriel::monitor

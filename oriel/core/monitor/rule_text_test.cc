#include "oriel/core/monitor/rule_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/core/monitor/figure_table.h"
#include "oriel/core/monitor/limits.h"

namespace oriel::monitor {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

std::string error_of(std::string_view text) {
  const auto rule = parse_alert_rule(text);
  return rule ? "no error" : rule.error().message;
}

std::string fleet_error_of(std::string_view text) {
  const auto rule = parse_fleet_rule(text);
  return rule ? "no error" : rule.error().message;
}

TEST(AlertRuleText, HasEveryPartOfARule) {
  const auto rule = parse_alert_rule("cpu > 80, critical 90, for 30s, hysteresis 5, cooldown 300s");
  ASSERT_TRUE(rule) << rule.error().message;
  AlertRule wanted;
  wanted.component = "processor";
  wanted.metric = "usage_percent";
  wanted.warning = 80;
  wanted.critical = 90;
  wanted.duration = 30s;
  wanted.hysteresis = 5;
  wanted.cooldown = 300s;
  EXPECT_EQ(*rule, wanted);
}

TEST(AlertRuleText, TakesPartsInAnyOrderWithUnitsCapitalsAndNoSpaces) {
  const auto plain = parse_alert_rule("gpu.temperature > 80, critical 90, for 90s");
  ASSERT_TRUE(plain) << plain.error().message;
  EXPECT_EQ(parse_alert_rule(" GPU.Temperature>=80°C,for 1.5m , critical 90 C"), *plain);
  EXPECT_EQ(parse_alert_rule("cpu>80%"), parse_alert_rule("processor.usage_percent >= warning 80"));
}

TEST(AlertRuleText, WatchesSmallFiguresAndCriticalAlone) {
  const auto battery = parse_alert_rule("battery < 20, critical 10");
  ASSERT_TRUE(battery) << battery.error().message;
  EXPECT_EQ(battery->direction, Direction::kBelow);
  EXPECT_EQ(battery->metric, "percent");
  const auto critical = parse_alert_rule("disk > critical 95");
  ASSERT_TRUE(critical) << critical.error().message;
  EXPECT_FALSE(critical->warning);
  EXPECT_EQ(critical->critical, 95);
}

TEST(AlertRuleText, KnowsEveryFigureOfTheTable) {
  for (const auto& row : figure_table()) {
    const auto text = std::string(row.component) + "." + std::string(row.metric) + " > 1";
    const auto rule = parse_alert_rule(text);
    ASSERT_TRUE(rule) << text << ": " << rule.error().message;
    EXPECT_EQ(rule->component, row.component);
    EXPECT_EQ(rule->metric, row.metric);
    EXPECT_TRUE(AlertRules::make({*rule}));
  }
}

TEST(AlertRuleText, SaysWhereWhatWasGotAndWhatWasExpected) {
  EXPECT_THAT(error_of("tomato > 80"),
              HasSubstr("character 1: got \"tomato\", expected a figure: processor.usage_percent"));
  EXPECT_THAT(error_of("gpu.colour > 80"), HasSubstr("character 5: got \"colour\", expected one "
                                                     "of gpu.usage_percent, gpu.memory_percent"));
  EXPECT_THAT(error_of("pressure > 80"),
              HasSubstr("a figure with its metric: pressure.cpu, pressure.mem"));
  EXPECT_THAT(error_of(""), HasSubstr("character 1: got the end, expected a figure"));
  EXPECT_THAT(error_of("cpu"), HasSubstr("character 4: got the end, expected > or <"));
  EXPECT_THAT(error_of("cpu = 80"), HasSubstr("character 5: got \"=\", expected > or <"));
  EXPECT_THAT(error_of("cpu > much"), HasSubstr("character 7: got \"much\", expected a number"));
  EXPECT_THAT(error_of("cpu > nan"), HasSubstr("expected a number"));
  EXPECT_THAT(error_of("cpu > 80 90"),
              HasSubstr("character 10: got \"90\", expected a comma or the end"));
  EXPECT_THAT(error_of("cpu > 80, for 30"), HasSubstr("expected a time such as 30s"));
  EXPECT_THAT(error_of("cpu > 80, for 721h"), HasSubstr("got \"721h\", expected a time"));
  EXPECT_THAT(error_of("cpu > 80, for -1s"), HasSubstr("got \"-1s\", expected a time"));
  EXPECT_THAT(error_of("cpu > 80, for 1s, for 2s"),
              HasSubstr("got \"for\", expected critical, hysteresis, cooldown"));
  EXPECT_THAT(error_of("cpu > 80, warning 70"), HasSubstr("got \"warning\""));
  EXPECT_THAT(error_of("cpu > 80, hosts 3"), HasSubstr("got \"hosts\""))
      << "hosts are for rules over several";
}

TEST(AlertRuleText, RefusesWhatTheRuleCheckRefuses) {
  EXPECT_THAT(error_of("cpu > 80, critical 70"), HasSubstr("critical 70 is reached before"));
  EXPECT_THAT(error_of("cpu > 80, hysteresis -1"), HasSubstr("negative hysteresis"));
}

TEST(AlertRuleText, KeepsToItsLimits) {
  std::string text = "cpu > 80";
  text.resize(kRuleBytesMax, ' ');
  EXPECT_TRUE(parse_alert_rule(text));
  EXPECT_FALSE(parse_alert_rule(text + " "));
}

TEST(AlertRuleText, MakesListsOfRules) {
  EXPECT_EQ(parse_alert_rules("default"), default_alert_rules());
  EXPECT_EQ(parse_alert_rules(" none "), std::vector<AlertRule>());
  const auto rules = parse_alert_rules("default; cpu > 90\nbattery < 10;");
  ASSERT_TRUE(rules) << rules.error().message;
  EXPECT_EQ(rules->size(), 4U);
  const auto changed = parse_alert_rules("default; memory > 70; memory < 5");
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(format_alert_rules(*changed), "memory >= 70; disk >= 85, critical 95; memory <= 5");
  EXPECT_FALSE(parse_alert_rules(""));
  EXPECT_FALSE(parse_alert_rules(";"));
  EXPECT_THAT(parse_alert_rules("cpu > 90; disk").error().message,
              HasSubstr("\"disk\": alert rule, character 5"));
}

class AlertRuleRoundTrip : public ::testing::TestWithParam<const char*> {};

TEST_P(AlertRuleRoundTrip, IsWrittenAsItIsSpelledBest) {
  const auto rule = parse_alert_rule(GetParam());
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_EQ(format_alert_rule(*rule), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Rules, AlertRuleRoundTrip,
                         ::testing::Values("processor >= 80, critical 90, for 30s, hysteresis 5, "
                                           "cooldown 0s",
                                           "memory >= critical 90.5", "pressure.io >= 12.25",
                                           "battery <= 20, critical 10, for 1h, cooldown 90s",
                                           "load >= 1e+17, for 1500ms, cooldown 2m"));

class FleetRuleRoundTrip : public ::testing::TestWithParam<const char*> {};

TEST_P(FleetRuleRoundTrip, IsWrittenAsItIsSpelledBest) {
  const auto rule = parse_fleet_rule(GetParam());
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_EQ(format_fleet_rule(*rule), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Rules, FleetRuleRoundTrip,
                         ::testing::Values("average(processor) >= 80, critical 90, for 1m",
                                           "average(battery) <= 30", "max(memory) >= 90, hosts 5",
                                           "min(battery) <= 20, critical 10",
                                           "count(processor >= 90) >= 3",
                                           "count(battery <= 20) >= critical 2, hysteresis 1"));

TEST(FleetRuleText, CountsHostsBeyondAValue) {
  const auto rule = parse_fleet_rule("count(cpu > 90) >= 3");
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_EQ(rule->aggregate, Aggregate::kCount);
  EXPECT_EQ(rule->host_threshold, 90);
  EXPECT_EQ(rule->rule.warning, 3);
  EXPECT_EQ(rule->rule.direction, Direction::kAbove);
}

TEST(FleetRuleText, SaysWhereWhatWasGotAndWhatWasExpected) {
  EXPECT_THAT(fleet_error_of("cpu > 80"), HasSubstr("got \"cpu\", expected average(...)"));
  EXPECT_THAT(fleet_error_of("average cpu > 80"), HasSubstr("expected ( and a figure"));
  EXPECT_THAT(fleet_error_of("average(cpu > 80"), HasSubstr("got \">\", expected )"));
  EXPECT_THAT(fleet_error_of("count(cpu) > 3"), HasSubstr("got \")\", expected > or <"));
  EXPECT_THAT(fleet_error_of("count(cpu > 90) < 3"), HasSubstr("expected > after a count"));
  EXPECT_THAT(fleet_error_of("count(cpu > 90) > 3%"), HasSubstr("got \"%\""));
  EXPECT_THAT(fleet_error_of("max(cpu) < 3"), HasSubstr("expected > after max(...)"));
  EXPECT_THAT(fleet_error_of("min(cpu) > 3"), HasSubstr("expected < after min(...)"));
  EXPECT_THAT(fleet_error_of("max(cpu) > 3, hosts 0"), HasSubstr("a number of hosts from 1"));
  EXPECT_THAT(fleet_error_of("max(cpu) > 3, hosts 1001"), HasSubstr("a number of hosts from 1"));
}

TEST(AlertRuleText, HasNoBeginningThatCrashesOrHangs) {
  const std::string text = "count(gpu.temperature > 90°C) >= critical 3, for 30s, hosts 2";
  ASSERT_TRUE(parse_fleet_rule(text)) << parse_fleet_rule(text).error().message;
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto rule = parse_fleet_rule(std::string_view(text).substr(0, size));
    EXPECT_TRUE(rule || !rule.error().message.empty());
    EXPECT_FALSE(parse_alert_rule(std::string_view(text).substr(0, size)));
  }
}

}  // namespace
}  // namespace oriel::monitor

#pragma once
// Alert rules as people write them, and back:
//
//   cpu > 80, critical 90, for 30s, hysteresis 5, cooldown 300s
//   battery < 20, critical 10
//   gpu.temperature > critical 95            (no warning)
//   average(cpu) > 80, for 1m, hosts 3       (over several hosts, of at least 3)
//   max(memory) > 90    min(battery) < 20    count(cpu > 90) >= 3
//
//   rule      := figure limit parts
//   fleet     := ("average" | "max" | "min") "(" figure ")" limit parts
//              | "count" "(" figure compare number ")" limit parts
//   figure    := component [ "." metric ]    of figure_table.h; cpu, ram and psi are names too
//   limit     := compare [ "warning" | "critical" ] number
//   compare   := ">" | ">=" | "<" | "<="     at the number is reached: > says the same as >=
//   parts     := { "," ( "warning" number | "critical" number | "for" time | "hysteresis" number
//                | "cooldown" time | "hosts" count ) }, each once
//   number    may end in the figure's unit, % or °C;  time := number ("ms" | "s" | "m" | "h")

#include <string>
#include <string_view>
#include <vector>

#include "oriel/base/result.h"
#include "oriel/core/monitor/alert.h"
#include "oriel/core/monitor/fleet_rule.h"

namespace oriel::monitor {

// Errors: kInvalid with the position, what was got and what was expected; what check_rule refuses;
// kTooLarge beyond kRuleBytesMax.
Result<AlertRule> parse_alert_rule(std::string_view text);
Result<FleetRule> parse_fleet_rule(std::string_view text);

// Rules with ";" or line ends between; "default" stands for default_alert_rules(), "none" alone
// for no rule. A later rule on the same figure and direction stands for the earlier one, so that
// "default; memory > 70" changes one.
Result<std::vector<AlertRule>> parse_alert_rules(std::string_view text);

// As the parsers take it, in one spelling: parsing gives the rule back, with times in whole
// milliseconds.
std::string format_alert_rule(const AlertRule& rule);
std::string format_fleet_rule(const FleetRule& rule);
std::string format_alert_rules(const std::vector<AlertRule>& rules);

}  // namespace oriel::monitor

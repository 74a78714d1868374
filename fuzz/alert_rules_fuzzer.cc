// Any text as an alert rule, a rule over several hosts, and a list of rules: what is taken is
// written so that it is taken again, as the same rule; what is refused says why.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/core/monitor/figure_table.h"
#include "oriel/core/monitor/rule_text.h"

namespace {

using namespace oriel::monitor;

template <typename Rule, typename Parse, typename Format>
void feed(const oriel::Result<Rule>& rule, Parse parse, Format format) {
  if (!rule) {
    ORIEL_CHECK(!rule.error().message.empty());
    return;
  }
  const auto again = parse(format(*rule));
  ORIEL_CHECK(again.has_value());
  ORIEL_CHECK(format(*again) == format(*rule));
}

}  // namespace

ORIEL_FUZZER(alert_rules, bytes, size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto rule = parse_alert_rule(text);
  feed(rule, parse_alert_rule, format_alert_rule);
  if (rule) {
    ORIEL_CHECK(AlertRules::make({*rule}).has_value());
    ORIEL_CHECK(parse_alert_rule(format_alert_rule(*rule)) == *rule);
  }
  feed(parse_fleet_rule(text), parse_fleet_rule, format_fleet_rule);
  const auto rules = parse_alert_rules(text);
  feed(rules, parse_alert_rules, format_alert_rules);
  if (rules) ORIEL_CHECK(rules->size() <= 2 * figure_table().size());
  return 0;
}

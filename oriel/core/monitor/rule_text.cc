#include "oriel/core/monitor/rule_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "oriel/base/printable.h"
#include "oriel/core/monitor/figure_table.h"
#include "oriel/core/monitor/limits.h"
#include "oriel/core/monitor/text_scan.h"

namespace oriel::monitor {
namespace {

using std::chrono::milliseconds;

constexpr double kRuleNumberMax = 1e18;

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kComponentAliases{
    {{"cpu", "processor"},
     {"ram", "memory"},
     {"psi", "pressure"},
     {"temperature", "processor"},
     {"root", "disk"}}};

// Largest first, as they are written.
struct TimeUnit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array kTimeUnits{TimeUnit{"h", 3'600'000}, TimeUnit{"m", 60'000},
                                TimeUnit{"s", 1000}, TimeUnit{"ms", 1}};

std::string figure_name(const FigureRow& row) {
  return fmt::format("{}.{}", row.component, row.metric);
}

// Of one component, or of all.
std::string known_figures(std::string_view component = {}) {
  std::vector<std::string> names;
  for (const auto& row : figure_table()) {
    if (component.empty() || row.component == component) names.push_back(figure_name(row));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

// The figure that a component alone stands for: its usage, or its only one.
const FigureRow* main_figure(std::string_view component) {
  if (const auto* usage = find_figure(component, "usage_percent")) return usage;
  const FigureRow* only = nullptr;
  for (const auto& row : figure_table()) {
    if (row.component != component) continue;
    if (only != nullptr) return nullptr;
    only = &row;
  }
  return only;
}

bool is_word_start(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }
bool is_word(char c) { return is_word_start(c) || (c >= '0' && c <= '9'); }
bool is_space(char c) { return c == ' ' || c == '\t'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Walks over one rule. Letters count as small.
class RuleScan {
 public:
  explicit RuleScan(std::string_view text) : text_(text) {
    std::ranges::transform(text_, text_.begin(), lower);
    skip_space();
  }

  bool is_at_end() const { return at_ == text_.size(); }

  std::string_view take_word() {
    const auto start = at_;
    if (!is_at_end() && is_word_start(text_[at_])) {
      while (!is_at_end() && is_word(text_[at_])) ++at_;
    }
    return ended(start);
  }

  // Takes `sign` when it is next.
  bool take(std::string_view sign) {
    if (!rest().starts_with(sign)) return false;
    at_ += sign.size();
    skip_space();
    return true;
  }

  // As take, but not where more letters follow.
  bool take_whole_word(std::string_view word) {
    if (!rest().starts_with(word)) return false;
    if (rest().size() > word.size() && is_word(rest()[word.size()])) return false;
    return take(word);
  }

  std::optional<double> take_number() {
    const auto left = rest();
    // from_chars takes "inf" and "nan" too.
    if (left.empty() || !(left[0] == '-' || left[0] == '.' || (left[0] >= '0' && left[0] <= '9'))) {
      return {};
    }
    double number = 0;
    const auto [end, code] = std::from_chars(left.data(), left.data() + left.size(), number);
    if (code != std::errc{} || !(std::abs(number) <= kRuleNumberMax)) return {};
    at_ += static_cast<std::size_t>(end - left.data());
    skip_space();
    return number + 0.0;  // no negative zero
  }

  std::unexpected<Error> expected(std::string_view what) const {
    const auto left = rest();
    const auto next = left.substr(0, std::min(left.find_first_of(" ,;()<>="), left.size()));
    const auto shown = (next.empty() ? left.substr(0, 1) : next).substr(0, 40);
    const auto got =
        left.empty() ? std::string("the end") : fmt::format("\"{}\"", printable(shown));
    return fail(ErrorCode::kInvalid,
                fmt::format("alert rule, character {}: got {}, expected {}", at_ + 1, got, what));
  }

  std::size_t position() const { return at_; }
  void go_back_to(std::size_t position) { at_ = position; }

 private:
  std::string_view rest() const { return std::string_view(text_).substr(at_); }
  std::string_view ended(std::size_t start) {
    const auto word = std::string_view(text_).substr(start, at_ - start);
    skip_space();
    return word;
  }
  void skip_space() {
    while (!is_at_end() && is_space(text_[at_])) ++at_;
  }

  std::string text_;
  std::size_t at_ = 0;
};

// A rule with what only its text knows.
struct Draft {
  FleetRule fleet;
  const FigureRow* figure = nullptr;
  std::string_view unit;  // that may stand after the thresholds
  bool is_fleet = false;

  AlertRule& rule() { return fleet.rule; }
};

std::string_view component_of(std::string_view word) {
  const auto* alias =
      std::ranges::find(kComponentAliases, word, [](const auto& pair) { return pair.first; });
  return alias == kComponentAliases.end() ? word : alias->second;
}

Result<const FigureRow*> take_figure(RuleScan& scan) {
  const auto start = scan.position();
  const auto wrong = [&](std::string_view expected) {
    scan.go_back_to(start);
    return scan.expected(expected);
  };
  const auto word = scan.take_word();
  if (word == "temperature") return find_figure("processor", "temperature");
  const auto component = component_of(word);
  if (std::ranges::find(figure_table(), component, &FigureRow::component) == figure_table().end()) {
    return wrong(fmt::format("a figure: {}", known_figures()));
  }
  if (!scan.take(".")) {
    if (const auto* figure = main_figure(component)) return figure;
    return wrong(fmt::format("a figure with its metric: {}", known_figures(component)));
  }
  const auto metric_start = scan.position();
  if (const auto* figure = find_figure(component, scan.take_word())) return figure;
  scan.go_back_to(metric_start);
  return scan.expected(fmt::format("one of {}", known_figures(component)));
}

Result<Direction> take_comparison(RuleScan& scan) {
  if (scan.take(">=") || scan.take(">")) return Direction::kAbove;
  if (scan.take("<=") || scan.take("<")) return Direction::kBelow;
  return scan.expected("> or <");
}

Result<double> take_amount(RuleScan& scan, std::string_view unit) {
  const auto number = scan.take_number();
  if (!number) return scan.expected("a number");
  if (unit == "%") scan.take("%");
  // Letters of the scan are small.
  if (unit == "°C" && !scan.take("°c")) scan.take_whole_word("c");
  return *number;
}

Result<Duration> take_time(RuleScan& scan) {
  constexpr std::string_view kExpected = "a time such as 30s, 5m, 1h or 500ms, at most 720h";
  const auto start = scan.position();
  const auto wrong = [&] {
    scan.go_back_to(start);
    return scan.expected(kExpected);
  };
  const auto number = scan.take_number();
  if (!number || *number < 0) return wrong();
  const auto* unit = std::ranges::find_if(
      kTimeUnits, [&](const TimeUnit& each) { return scan.take_whole_word(each.name); });
  if (unit == kTimeUnits.end()) return wrong();
  const double count = *number * static_cast<double>(unit->milliseconds);
  if (count > static_cast<double>(milliseconds(kAlertTimeMax).count())) return wrong();
  return Duration(milliseconds(std::llround(count)));
}

Result<std::size_t> take_host_count(RuleScan& scan) {
  const auto start = scan.position();
  const auto number = scan.take_number();
  if (!number || *number < 1 || *number > kFleetHostsMax || *number != std::floor(*number)) {
    scan.go_back_to(start);
    return scan.expected(fmt::format("a number of hosts from 1 to {}", kFleetHostsMax));
  }
  return static_cast<std::size_t>(*number);
}

// The words that may begin a part, each once.
enum Part : std::uint8_t { kWarning, kCritical, kFor, kHysteresis, kCooldown, kHosts, kParts };
constexpr std::array<std::string_view, kParts> kPartNames{"warning",    "critical", "for",
                                                          "hysteresis", "cooldown", "hosts"};

Status take_part_value(RuleScan& scan, Part part, Draft& draft) {
  auto& rule = draft.rule();
  switch (part) {
    case kWarning: {
      ORIEL_TRY(rule.warning, take_amount(scan, draft.unit));
      return {};
    }
    case kCritical: {
      ORIEL_TRY(rule.critical, take_amount(scan, draft.unit));
      return {};
    }
    case kFor: {
      ORIEL_TRY(rule.duration, take_time(scan));
      return {};
    }
    case kHysteresis: {
      ORIEL_TRY(rule.hysteresis, take_amount(scan, draft.unit));
      return {};
    }
    case kCooldown: {
      ORIEL_TRY(rule.cooldown, take_time(scan));
      return {};
    }
    case kHosts: {
      ORIEL_TRY(draft.fleet.hosts_min, take_host_count(scan));
      return {};
    }
    case kParts:
      break;
  }
  return {};
}

Status take_limit_and_parts(RuleScan& scan, Draft& draft) {
  std::array<bool, kParts> was_taken{};
  was_taken[kHosts] = !draft.is_fleet;
  const Part first =
      scan.take_whole_word("critical") ? kCritical : (scan.take_whole_word("warning"), kWarning);
  ORIEL_TRY_VOID(take_part_value(scan, first, draft));
  was_taken[first] = true;
  while (!scan.is_at_end()) {
    if (!scan.take(",")) return scan.expected("a comma or the end");
    const auto start = scan.position();
    const auto word = scan.take_word();
    std::vector<std::string_view> open;
    auto part = kParts;
    for (std::uint8_t i = 0; i < kParts; ++i) {
      if (was_taken[i]) continue;
      open.push_back(kPartNames[i]);
      if (kPartNames[i] == word) part = static_cast<Part>(i);
    }
    if (part == kParts) {
      scan.go_back_to(start);
      return scan.expected(open.empty() ? "the end" : fmt::format("{}", fmt::join(open, ", ")));
    }
    was_taken[part] = true;
    ORIEL_TRY_VOID(take_part_value(scan, part, draft));
  }
  return {};
}

void set_figure(Draft& draft, const FigureRow* figure) {
  draft.figure = figure;
  draft.unit = figure->unit;
  draft.rule().component = figure->component;
  draft.rule().metric = figure->metric;
}

// The comparison and number inside count(…): they say which hosts count.
Status take_counted(RuleScan& scan, FleetRule& fleet, std::string_view unit) {
  ORIEL_TRY(fleet.rule.direction, take_comparison(scan));
  ORIEL_TRY(fleet.host_threshold, take_amount(scan, unit));
  return {};
}

Status take_fleet_comparison(RuleScan& scan, Draft& draft, bool is_minimum) {
  const auto start = scan.position();
  ORIEL_TRY(const auto direction, take_comparison(scan));
  auto& fleet = draft.fleet;
  const auto wrong = [&](std::string_view expected) -> Status {
    scan.go_back_to(start);
    return scan.expected(expected);
  };
  if (fleet.aggregate == Aggregate::kCount) {
    if (direction == Direction::kBelow) return wrong("> after a count of hosts");
    return {};
  }
  if (fleet.aggregate == Aggregate::kMaximum && (direction == Direction::kBelow) != is_minimum) {
    return wrong(is_minimum ? "< after min(...), which is for small figures"
                            : "> after max(...), which is for large figures");
  }
  fleet.rule.direction = direction;
  return {};
}

Result<FleetRule> take_fleet_rule(RuleScan& scan) {
  const auto start = scan.position();
  const auto word = scan.take_word();
  Draft draft;
  draft.is_fleet = true;
  bool is_minimum = false;
  if (word == "average" || word == "avg" || word == "mean") {
    draft.fleet.aggregate = Aggregate::kAverage;
  } else if (word == "max" || word == "maximum") {
    draft.fleet.aggregate = Aggregate::kMaximum;
  } else if (word == "min" || word == "minimum") {
    draft.fleet.aggregate = Aggregate::kMaximum;
    is_minimum = true;
  } else if (word == "count") {
    draft.fleet.aggregate = Aggregate::kCount;
  } else {
    scan.go_back_to(start);
    return scan.expected("average(...), max(...), min(...) or count(...)");
  }
  if (!scan.take("(")) return scan.expected("( and a figure");
  ORIEL_TRY(const auto* figure, take_figure(scan));
  set_figure(draft, figure);
  if (draft.fleet.aggregate == Aggregate::kCount) {
    ORIEL_TRY_VOID(take_counted(scan, draft.fleet, figure->unit));
    draft.unit = {};
  }
  if (!scan.take(")")) return scan.expected(")");
  ORIEL_TRY_VOID(take_fleet_comparison(scan, draft, is_minimum));
  ORIEL_TRY_VOID(take_limit_and_parts(scan, draft));
  ORIEL_TRY_VOID(FleetAlert::make(draft.fleet));
  return std::move(draft.fleet);
}

Status check_size(std::string_view text) {
  if (text.size() <= kRuleBytesMax) return {};
  return fail(ErrorCode::kTooLarge,
              fmt::format("alert rule: {} bytes, expected at most {}", text.size(), kRuleBytesMax));
}

std::string format_time(Duration time) {
  const auto count = std::chrono::round<milliseconds>(time).count();
  const auto* unit = std::ranges::find_if(
      kTimeUnits, [&](const TimeUnit& each) { return count % each.milliseconds == 0; });
  // Zero is a whole number of every unit; seconds read best.
  if (count == 0) return "0s";
  return fmt::format("{}{}", count / unit->milliseconds, unit->name);
}

std::string format_figure(const AlertRule& rule) {
  const auto* main = main_figure(rule.component);
  if (main != nullptr && main->metric == rule.metric) return rule.component;
  return fmt::format("{}.{}", rule.component, rule.metric);
}

std::string_view comparison(Direction direction) {
  return direction == Direction::kAbove ? ">=" : "<=";
}

std::string format_parts(const AlertRule& rule) {
  std::string text;
  if (rule.warning) {
    text = fmt::format("{}", *rule.warning);
    if (rule.critical) text += fmt::format(", critical {}", *rule.critical);
  } else if (rule.critical) {
    text = fmt::format("critical {}", *rule.critical);
  }
  if (rule.duration != Duration::zero()) text += ", for " + format_time(rule.duration);
  if (rule.hysteresis != 0) text += fmt::format(", hysteresis {}", rule.hysteresis);
  if (rule.cooldown != AlertRule{}.cooldown) text += ", cooldown " + format_time(rule.cooldown);
  return text;
}

}  // namespace

Result<AlertRule> parse_alert_rule(std::string_view text) {
  ORIEL_TRY_VOID(check_size(text));
  RuleScan scan(text);
  Draft draft;
  ORIEL_TRY(const auto* figure, take_figure(scan));
  set_figure(draft, figure);
  ORIEL_TRY(draft.rule().direction, take_comparison(scan));
  ORIEL_TRY_VOID(take_limit_and_parts(scan, draft));
  ORIEL_TRY_VOID(check_rule(draft.rule()));
  return std::move(draft.rule());
}

Result<FleetRule> parse_fleet_rule(std::string_view text) {
  ORIEL_TRY_VOID(check_size(text));
  RuleScan scan(text);
  return take_fleet_rule(scan);
}

Result<std::vector<AlertRule>> parse_alert_rules(std::string_view text) {
  std::vector<AlertRule> rules;
  if (trimmed(text) == "none") return rules;
  // A later rule on the same figure and direction stands for the earlier one.
  const auto put = [&](AlertRule rule) {
    const auto same = std::ranges::find_if(rules, [&](const AlertRule& earlier) {
      return earlier.component == rule.component && earlier.metric == rule.metric &&
             earlier.direction == rule.direction;
    });
    if (same != rules.end()) {
      *same = std::move(rule);
    } else {
      rules.push_back(std::move(rule));
    }
  };
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(";\n"), text.size());
    const auto one = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.empty()) continue;
    if (one == "default") {
      for (auto& rule : default_alert_rules()) put(std::move(rule));
    } else {
      auto rule = parse_alert_rule(one);
      if (!rule) {
        return fail(rule.error().code,
                    fmt::format("\"{}\": {}", printable(one, 80), rule.error().message));
      }
      put(*std::move(rule));
    }
  }
  if (rules.empty()) {
    return fail(ErrorCode::kInvalid,
                "no alert rule, expected one such as \"cpu > 80, critical 90\", default or none");
  }
  return rules;
}

std::string format_alert_rule(const AlertRule& rule) {
  return fmt::format("{} {} {}", format_figure(rule), comparison(rule.direction),
                     format_parts(rule));
}

std::string format_fleet_rule(const FleetRule& fleet) {
  const auto figure = format_figure(fleet.rule);
  const auto compare = comparison(fleet.rule.direction);
  std::string text;
  switch (fleet.aggregate) {
    case Aggregate::kAverage:
      text = fmt::format("average({}) {}", figure, compare);
      break;
    case Aggregate::kMaximum:
      text = fmt::format("{}({}) {}", fleet.rule.direction == Direction::kAbove ? "max" : "min",
                         figure, compare);
      break;
    case Aggregate::kCount:
      text = fmt::format("count({} {} {}) >=", figure, compare, fleet.host_threshold);
      break;
  }
  text += " " + format_parts(fleet.rule);
  if (fleet.hosts_min != FleetRule{}.hosts_min) text += fmt::format(", hosts {}", fleet.hosts_min);
  return text;
}

std::string format_alert_rules(const std::vector<AlertRule>& rules) {
  if (rules.empty()) return "none";
  std::vector<std::string> texts;
  for (const auto& rule : rules) texts.push_back(format_alert_rule(rule));
  return fmt::format("{}", fmt::join(texts, "; "));
}

}  // namespace oriel::monitor

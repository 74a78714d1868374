#include "oriel/core/monitor/alert.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "oriel/core/monitor/figure_table.h"
#include "oriel/core/monitor/limits.h"

namespace oriel::monitor {
namespace {

bool is_at(Direction direction, double value, double threshold) {
  return direction == Direction::kAbove ? value >= threshold : value <= threshold;
}

std::size_t index_of(AlertLevel level) { return static_cast<std::size_t>(level); }

}  // namespace

std::string_view alert_level_name(AlertLevel level) {
  switch (level) {
    case AlertLevel::kNone:
      return "";
    case AlertLevel::kWarning:
      return "WARNING";
    case AlertLevel::kCritical:
      return "CRITICAL";
  }
  return "";
}

double threshold_of(const AlertRule& rule, AlertLevel level) {
  if (level == AlertLevel::kWarning) return rule.warning.value_or(0);
  if (level == AlertLevel::kCritical) return rule.critical.value_or(0);
  return 0;
}

Status check_rule(const AlertRule& rule) {
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorCode::kInvalid,
                fmt::format("alert rule {}.{}: {}", rule.component, rule.metric, why));
  };
  if (!rule.warning && !rule.critical) return wrong("no threshold");
  if (!std::isfinite(rule.warning.value_or(0)) || !std::isfinite(rule.critical.value_or(0))) {
    return wrong("a threshold is no number");
  }
  if (rule.warning && rule.critical && !is_at(rule.direction, *rule.critical, *rule.warning)) {
    return wrong(
        fmt::format("critical {} is reached before warning {}", *rule.critical, *rule.warning));
  }
  if (!std::isfinite(rule.hysteresis) || rule.hysteresis < 0) return wrong("negative hysteresis");
  if (rule.duration < Duration::zero() || rule.cooldown < Duration::zero()) {
    return wrong("negative time");
  }
  return {};
}

std::vector<AlertRule> default_alert_rules() {
  AlertRule memory, disk;
  memory.component = "memory";
  disk.component = "disk";
  memory.metric = disk.metric = "usage_percent";
  memory.warning = 80;
  memory.critical = 90;
  disk.warning = 85;
  disk.critical = 95;
  return {memory, disk};
}

std::string alert_message(const Alert& alert) {
  const auto* how = alert.level == AlertLevel::kCritical   ? "Critical"
                    : alert.direction == Direction::kBelow ? "Low"
                                                           : "High";
  const int decimals = alert.is_count ? 0 : 1;
  return fmt::format("{} {}: {:.{}f}{} (threshold: {:.{}f}{})", how, alert.what, alert.value,
                     decimals, alert.unit, alert.threshold, decimals, alert.unit);
}

// The level of `value`, where levels that are held already last until it is back by the hysteresis.
AlertLevel AlertTracker::reached(const AlertRule& rule, double value) const {
  const double back = rule.direction == Direction::kAbove ? -rule.hysteresis : rule.hysteresis;
  for (const auto level : {AlertLevel::kCritical, AlertLevel::kWarning}) {
    const auto& threshold = level == AlertLevel::kCritical ? rule.critical : rule.warning;
    if (!threshold) continue;
    const double limit = level_ >= level ? *threshold + back : *threshold;
    if (is_at(rule.direction, value, limit)) return level;
  }
  return AlertLevel::kNone;
}

AlertTracker::Change AlertTracker::change_to(const AlertRule& rule, AlertLevel level,
                                             TimePoint now) {
  Change change{level_, level, false};
  level_ = level;
  if (level == AlertLevel::kNone) {
    change.is_notice = told_ != AlertLevel::kNone;
    told_ = AlertLevel::kNone;
    return change;
  }
  // Who knows of the higher level knows that something is wrong, but may have been told that the
  // higher one is over.
  told_ = std::min(told_, level);
  change.is_notice = tell(rule, now);
  return change;
}

// True when people have to be told of the present level now; they know it from then on.
bool AlertTracker::tell(const AlertRule& rule, TimePoint now) {
  auto& told_at = told_at_[index_of(level_)];
  if (told_ >= level_ || (told_at && now - *told_at < rule.cooldown)) return false;
  told_ = level_;
  told_at = now;
  return true;
}

std::optional<AlertTracker::Change> AlertTracker::update(const AlertRule& rule,
                                                         std::optional<double> value,
                                                         TimePoint now) {
  now = std::max(now, last_);
  last_ = now;
  if (!value || !std::isfinite(*value)) {
    reached_since_ = {};
    if (level_ == AlertLevel::kNone || now - value_at_ < kAlertStaleAfter) return {};
    return change_to(rule, AlertLevel::kNone, now);
  }
  value_at_ = now;
  const auto level = reached(rule, *value);
  AlertLevel lasting = AlertLevel::kNone;
  for (const auto each : {AlertLevel::kWarning, AlertLevel::kCritical}) {
    auto& since = reached_since_[index_of(each)];
    if (level < each) {
      since.reset();
      continue;
    }
    if (!since) since = now;
    const bool has_threshold =
        each == AlertLevel::kWarning ? rule.warning.has_value() : rule.critical.has_value();
    if (has_threshold && now - *since >= rule.duration) lasting = each;
  }
  // What was reached stays although its duration is counted anew.
  const auto next = std::max(lasting, std::min(level, level_));
  if (next != level_) return change_to(rule, next, now);
  if (!tell(rule, now)) return {};
  return Change{level_, level_, true};
}

Result<AlertRules> AlertRules::make(std::vector<AlertRule> rules) {
  for (const auto& rule : rules) {
    ORIEL_TRY_VOID(check_rule(rule));
    if (find_figure(rule.component, rule.metric) == nullptr) {
      return fail(ErrorCode::kInvalid,
                  fmt::format("alert rule {}.{}: no such figure", rule.component, rule.metric));
    }
  }
  return AlertRules(std::move(rules));
}

std::vector<AlertRules::Event> AlertRules::update(const Snapshot& snapshot, TimePoint now) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const auto& rule = rules_[i];
    auto& [tracker, alert] = states_[i];
    const auto* figure = find_figure(rule.component, rule.metric);
    const auto value = figure->read(snapshot);
    const auto change = tracker.update(rule, value, now);
    if (value && tracker.level() != AlertLevel::kNone) alert.value = *value;
    if (!change) continue;
    const bool is_another = change->to != change->from;
    if (is_another && change->to != AlertLevel::kNone) {
      alert = {snapshot.time,
               rule.component,
               rule.metric,
               value.value_or(alert.value),
               threshold_of(rule, change->to),
               change->to,
               std::string(figure->what),
               std::string(figure->unit),
               rule.direction};
    } else if (value) {
      alert.value = *value;
    }
    events.push_back({alert, *change});
  }
  return events;
}

std::vector<Alert> AlertRules::active() const {
  std::vector<Alert> alerts;
  for (const auto& state : states_) {
    if (state.tracker.level() != AlertLevel::kNone) alerts.push_back(state.alert);
  }
  return alerts;
}

}  // namespace oriel::monitor

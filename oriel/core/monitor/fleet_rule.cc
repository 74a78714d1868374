#include "oriel/core/monitor/fleet_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oriel/core/monitor/figure_table.h"

namespace oriel::monitor {
namespace {

std::string what_of(const FleetRule& rule) {
  const auto* figure = find_figure(rule.rule.component, rule.rule.metric);
  auto name = figure != nullptr ? std::string(figure->what)
                                : fmt::format("{} {}", rule.rule.component, rule.rule.metric);
  switch (rule.aggregate) {
    case Aggregate::kAverage:
      return "average " + name;
    case Aggregate::kMaximum:
      return (rule.rule.direction == Direction::kAbove ? "maximum " : "minimum ") + name;
    case Aggregate::kCount:
      return fmt::format("number of hosts with {} of {:.1f}{} or {}", name, rule.host_threshold,
                         figure != nullptr ? figure->unit : "",
                         rule.rule.direction == Direction::kAbove ? "more" : "less");
  }
  return name;
}

// A number of hosts is bad when it is large, whichever figures are.
AlertRule tracked_rule(const FleetRule& rule) {
  auto tracked = rule.rule;
  if (rule.aggregate == Aggregate::kCount) tracked.direction = Direction::kAbove;
  return tracked;
}

}  // namespace

std::optional<double> aggregate_of(const FleetRule& rule, std::span<const HostFigure> hosts) {
  const bool is_above = rule.rule.direction == Direction::kAbove;
  double sum = 0, worst = 0;
  std::size_t known = 0, beyond = 0;
  for (const auto& host : hosts) {
    if (!host.value) continue;
    const double value = *host.value;
    const bool is_worse = is_above ? value > worst : value < worst;
    if (known == 0 || is_worse) worst = value;
    if (is_above ? value >= rule.host_threshold : value <= rule.host_threshold) ++beyond;
    sum += value;
    ++known;
  }
  if (known == 0 || known < rule.hosts_min) return {};
  switch (rule.aggregate) {
    case Aggregate::kAverage:
      return sum / static_cast<double>(known);
    case Aggregate::kMaximum:
      return worst;
    case Aggregate::kCount:
      return static_cast<double>(beyond);
  }
  return {};
}

Result<FleetAlert> FleetAlert::make(FleetRule rule) {
  ORIEL_TRY_VOID(check_rule(tracked_rule(rule)));
  return FleetAlert(std::move(rule));
}

std::optional<AlertRules::Event> FleetAlert::update(std::span<const HostFigure> hosts,
                                                    WallTime time, TimePoint now) {
  const auto value = aggregate_of(rule_, hosts);
  const auto tracked = tracked_rule(rule_);
  const auto change = tracker_.update(tracked, value, now);
  if (value && (change || tracker_.level() != AlertLevel::kNone)) alert_.value = *value;
  if (!change) return {};
  const bool is_another = change->to != change->from;
  if (is_another && change->to != AlertLevel::kNone) {
    const auto* figure = find_figure(rule_.rule.component, rule_.rule.metric);
    alert_.since = time;
    alert_.component = rule_.rule.component;
    alert_.metric = rule_.rule.metric;
    alert_.threshold = threshold_of(tracked, change->to);
    alert_.level = change->to;
    alert_.direction = tracked.direction;
    alert_.what = what_of(rule_);
    const bool has_unit = figure != nullptr && rule_.aggregate != Aggregate::kCount;
    alert_.is_count = rule_.aggregate == Aggregate::kCount;
    alert_.unit = has_unit ? std::string(figure->unit) : "";
  }
  return AlertRules::Event{alert_, *change};
}

std::optional<Alert> FleetAlert::active() const {
  if (tracker_.level() == AlertLevel::kNone) return {};
  return alert_;
}

}  // namespace oriel::monitor

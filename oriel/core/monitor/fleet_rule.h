#pragma once
// Alert rules over several hosts: the average, the maximum, or how many reach a value.

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "oriel/core/monitor/alert.h"

namespace oriel::monitor {

enum class Aggregate {
  kAverage,
  kMaximum,  // the worst: the minimum for rules on small figures
  kCount,    // of hosts at or beyond `host_threshold`
};

struct FleetRule {
  AlertRule rule;  // its thresholds are those of the aggregate
  Aggregate aggregate = Aggregate::kAverage;
  double host_threshold = 0;  // for kCount
  // With fewer hosts that have the figure nothing is said: one of ten is no average of the fleet.
  std::size_t hosts_min = 1;
};

// What one host said last. The figure is that of the rule's component and metric.
struct HostFigure {
  std::string host;
  std::optional<double> value;
};

// Nothing without enough hosts.
std::optional<double> aggregate_of(const FleetRule& rule, std::span<const HostFigure> hosts);

// One rule over all hosts, with its state. One owner.
class FleetAlert {
 public:
  // Errors: those of check_rule.
  static Result<FleetAlert> make(FleetRule rule);

  std::optional<AlertRules::Event> update(std::span<const HostFigure> hosts, WallTime time,
                                          TimePoint now);
  std::optional<Alert> active() const;
  const FleetRule& rule() const { return rule_; }

 private:
  explicit FleetAlert(FleetRule rule) : rule_(std::move(rule)) {}

  FleetRule rule_;
  AlertTracker tracker_;
  Alert alert_;
};

}  // namespace oriel::monitor

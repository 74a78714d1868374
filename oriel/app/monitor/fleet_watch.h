#pragma once
// Alert rules over several hosts, fed with the documents of each. One owner.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "oriel/base/result.h"
#include "oriel/base/time.h"
#include "oriel/core/monitor/fleet_rule.h"
#include "oriel/core/monitor/metric_table.h"
#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

class FleetWatch {
 public:
  // Errors: those of check_rule.
  static Result<FleetWatch> make(std::span<const FleetRule> rules, std::vector<std::string> hosts);

  // `message` came from the host of that number. What changed, and what people are told late, in
  // the order of the rules.
  std::vector<AlertRules::Event> update(std::size_t host, const Value& message, WallTime time,
                                        TimePoint now);

  // A host that is not connected counts in no rule until its next message.
  void forget(std::size_t host);

  // Those that last, in the order of the rules.
  std::vector<Alert> active() const;

  bool is_empty() const { return alerts_.empty(); }

 private:
  struct Watched {
    FleetAlert alert;
    std::vector<HostFigure> figures;  // one for each host
  };

  std::vector<Watched> alerts_;
};

// The sections of a document that the rules look at.
MetricSet metrics_of(std::span<const FleetRule> rules);

}  // namespace oriel::monitor

#include "oriel/core/monitor/client_request.h"

namespace oriel::monitor {

Value ping_document() { return Object{{"type", "ping"}}; }

Value get_status_document() { return Object{{"type", "get_status"}}; }

Value subscribe_document(const Subscribe& subscribe) {
  const Subscribe defaults;
  Array metrics;
  for (const auto& row : metric_table()) {
    if (subscribe.metrics.has(row.metric)) metrics.emplace_back(row.name);
  }
  Object members{{"type", "subscribe"}, {"metrics", std::move(metrics)}};
  members.emplace_back("interval", static_cast<double>(subscribe.interval.count()) / 1000);
  if (subscribe.wants_delta) members.emplace_back("delta", true);
  if (subscribe.since_us)
    members.emplace_back("since", static_cast<double>(*subscribe.since_us) / 1e6);
  if (subscribe.top_processes != defaults.top_processes)
    members.emplace_back("top", std::uint64_t{subscribe.top_processes});
  if (subscribe.dialect != defaults.dialect) members.emplace_back("dialect", "seed");
  return members;
}

}  // namespace oriel::monitor

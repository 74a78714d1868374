#include "oriel/app/cli/monitor_request.h"

#include <algorithm>

#include "oriel/app/monitor/fleet_watch.h"

namespace oriel::cli {

std::optional<monitor::Subscribe> subscription(const MonitorOptions& options,
                                               std::span<const monitor::FleetRule> rules,
                                               std::chrono::system_clock::time_point now) {
  using monitor::kSeedMetrics;
  const auto watched = monitor::metrics_of(rules);
  const bool is_sent_unasked = kSeedMetrics.united(watched) == kSeedMetrics;
  if (!options.metrics && !options.interval && !options.wants_delta && !options.since &&
      !options.top_processes && is_sent_unasked)
    return {};

  const auto shown =
      options.format == monitor::Format::kJson ? monitor::all_but_processes() : kSeedMetrics;
  monitor::Subscribe request;
  request.metrics = options.metrics.value_or(shown).united(watched);
  if (options.top_processes) {
    request.metrics.add(monitor::Metric::kProcesses);
    request.top_processes = *options.top_processes;
  }
  if (options.interval) request.interval = *options.interval;
  request.wants_delta = options.wants_delta;
  if (options.since) {
    const auto start = (now - *options.since).time_since_epoch();
    const auto start_us = std::chrono::duration_cast<std::chrono::microseconds>(start).count();
    request.since_us = std::max<std::int64_t>(start_us, 0);
  }
  return request;
}

}  // namespace oriel::cli

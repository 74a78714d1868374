#include "oriel/app/cli/monitor_request.h"

#include <algorithm>

#include "oriel/app/monitor/fleet_watch.h"

namespace oriel::cli {
namespace {

using std::chrono::system_clock;
using namespace std::chrono_literals;

// So far back do the graphs of the full screen start.
constexpr auto kScreenSince = 5min;
constexpr auto kScreenInterval = 1s;
// What a tall terminal shows, with something to scroll and to filter.
constexpr std::size_t kScreenProcesses = 50;

std::int64_t microseconds_since_1970(system_clock::time_point time) {
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch());
  return std::max<std::int64_t>(since.count(), 0);
}

// What is said for itself, whatever the format.
void set_flags(const MonitorOptions& options, system_clock::time_point now,
               monitor::Subscribe& request) {
  if (options.top_processes) {
    request.metrics.add(monitor::Metric::kProcesses);
    request.top_processes = *options.top_processes;
  }
  if (options.interval) request.interval = *options.interval;
  request.wants_delta = options.wants_delta;
  if (options.since) request.since_us = microseconds_since_1970(now - *options.since);
}

// The full screen shows all that there is.
monitor::Subscribe screen_request(const MonitorOptions& options,
                                  std::span<const monitor::FleetRule> rules,
                                  system_clock::time_point now) {
  auto all = monitor::all_but_processes();
  all.add(monitor::Metric::kProcesses);
  monitor::Subscribe request;
  request.metrics = options.metrics.value_or(all).united(monitor::metrics_of(rules));
  request.interval = kScreenInterval;
  request.top_processes = kScreenProcesses;
  request.since_us = microseconds_since_1970(now - kScreenSince);
  set_flags(options, now, request);
  return request;
}

}  // namespace

std::optional<monitor::Subscribe> subscription(const MonitorOptions& options,
                                               std::span<const monitor::FleetRule> rules,
                                               system_clock::time_point now) {
  using monitor::kSeedMetrics;
  if (options.is_full_screen) return screen_request(options, rules, now);
  const auto watched = monitor::metrics_of(rules);
  const bool is_sent_unasked = kSeedMetrics.united(watched) == kSeedMetrics;
  if (!options.metrics && !options.interval && !options.wants_delta && !options.since &&
      !options.top_processes && is_sent_unasked)
    return {};

  const auto shown =
      options.format == monitor::Format::kJson ? monitor::all_but_processes() : kSeedMetrics;
  monitor::Subscribe request;
  request.metrics = options.metrics.value_or(shown).united(watched);
  set_flags(options, now, request);
  return request;
}

}  // namespace oriel::cli

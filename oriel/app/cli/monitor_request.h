#pragma once
// What `oriel monitor` asks of a server. Pure.

#include <chrono>
#include <optional>
#include <span>

#include "oriel/app/cli/monitor_options.h"
#include "oriel/core/monitor/fleet_rule.h"
#include "oriel/core/monitor/messages.h"

namespace oriel::cli {

// Nothing unless the flags or the rules want what a server does not send by itself. Without
// --metrics, a format for people asks for what it shows (the full screen for everything, and for
// the last minutes), JSON for all but processes.
std::optional<monitor::Subscribe> subscription(const MonitorOptions& options,
                                               std::span<const monitor::FleetRule> rules,
                                               std::chrono::system_clock::time_point now);

}  // namespace oriel::cli

#pragma once
// /proc/loadavg, /proc/uptime and /proc/pressure/* to values (proc_loadavg(5), the kernel's
// accounting/psi.rst).

#include <optional>
#include <string_view>

#include "oriel/core/monitor/snapshot.h"

namespace oriel::monitor {

std::optional<Load> parse_loadavg(std::string_view text);

// Seconds since the host started.
std::optional<double> parse_uptime(std::string_view text);

// Nothing when neither line is there.
std::optional<ResourcePressure> parse_pressure(std::string_view text);

}  // namespace oriel::monitor

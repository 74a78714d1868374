#pragma once
// The section "data" of a monitoring document. It holds the fields that the real monitoring
// server sends, those that the seed's text promises, and ours, side by side:
//
//   memory     total available used percentage | usage_percent total_gb used_gb available_gb | free
//   … processor  usage_percent core_count logical_count frequency_current frequency_max
//              per_core_usage | temperature frequency_mhz | user_percent …
//   disk       total used free percentage path | usage_percent total_gb … mount_point
//   gpu        name driver_version memory_total … gpu_usage_percent memory_percentage temperature
//              power_draw power_limit | usage_percent memory_percent memory_used_mb …
//
// docs/monitoring.md names all of them. A figure that the host does not have is left out, except
// where the real server sends null.

#include <cstdint>
#include <string>

#include "oriel/core/monitor/metric_table.h"
#include "oriel/core/monitor/snapshot.h"
#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

// Percent with one decimal, gigabytes (2^30 bytes) with two, rates with one.
Value make_data(const Snapshot& snapshot, MetricSet metrics);

// Local time without zone, with microseconds unless they are 0: "2026-11-20T13:47:50.991384".
// Years outside 0-9999 are those.
std::string local_timestamp(WallTime time);

}  // namespace oriel::monitor

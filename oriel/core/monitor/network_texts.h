#pragma once
// /proc/net/dev to values (proc_pid_net(5)), and traffic between two readings.

#include <span>
#include <string_view>
#include <vector>

#include "oriel/core/monitor/counters.h"
#include "oriel/core/monitor/snapshot.h"

namespace oriel::monitor {

// All interfaces with their counters and without rates, in the order of the text.
std::vector<InterfaceTraffic> parse_net_dev(std::string_view text);

// Sets the rates of `now` by the counters of `before`, which may lack interfaces and have others.
void set_traffic_rates(std::span<const InterfaceTraffic> before, std::span<InterfaceTraffic> now,
                       double seconds, CounterWidth width);

}  // namespace oriel::monitor

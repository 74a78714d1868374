#pragma once
// A client's statistics as a block of lines, and as JSON with the seed's keys. Pure.

#include <string>

#include "oriel/app/monitor/client_statistics.h"
#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

std::string statistics_text(const ClientStatistics& statistics);
Value statistics_value(const ClientStatistics& statistics);

}  // namespace oriel::monitor

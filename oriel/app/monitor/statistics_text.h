#pragma once
// A client's statistics as a block of lines. Pure.

#include <string>

#include "oriel/app/monitor/client_statistics.h"

namespace oriel::monitor {

std::string statistics_text(const ClientStatistics& statistics);

}  // namespace oriel::monitor

#pragma once
// `oriel monitor --serve`: the monitoring stream alone, without a desktop.

#include <span>

namespace oriel::cli {

// `arguments` are those after "monitor"; --serve is among them.
int run_monitor_server(std::span<const char* const> arguments);

}  // namespace oriel::cli

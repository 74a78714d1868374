#pragma once
// `oriel monitor --serve`: the monitoring stream alone, without a desktop.

#include <span>

#include "oriel/app/config/load_settings.h"

namespace oriel::cli {

// `arguments` are those after "monitor"; --serve is among them.
int run_monitor_server(std::span<const char* const> arguments);

// Its settings; monitor_listen is set, the other doors are not.
Result<config::Settings> monitor_serve_settings(std::span<const char* const> arguments,
                                                const config::Environment& environment);

}  // namespace oriel::cli

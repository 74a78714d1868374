#pragma once
// `oriel monitor`: shows what one or several hosts send, until Ctrl-C, the end of --duration, or
// the last connection has failed for good.

#include <span>

namespace oriel::cli {

int run_monitor(std::span<const char* const> arguments);

}  // namespace oriel::cli

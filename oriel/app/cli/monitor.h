#pragma once
// `oriel monitor`.

#include <span>

namespace oriel::cli {

int run_monitor(std::span<const char* const> arguments);

}  // namespace oriel::cli

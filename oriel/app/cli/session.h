#pragma once
// `oriel session start|stop|list`: keeps connections to desktops in the background, for the
// commands that drive them.

#include <span>

namespace oriel::cli {

int run_session(std::span<const char* const> arguments);

}  // namespace oriel::cli

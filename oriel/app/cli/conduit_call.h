#pragma once
// `oriel call` (docs/conduit_command.md).

#include <span>

namespace oriel::cli {

// `arguments` are those after "call". Gives the exit code.
int run_call(std::span<const char* const> arguments);

}  // namespace oriel::cli

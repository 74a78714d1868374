#pragma once
// `oriel send` (docs/conduit_command.md).

#include <span>

namespace oriel::cli {

// `arguments` are those after "send". Gives the exit code.
int run_send(std::span<const char* const> arguments);

}  // namespace oriel::cli

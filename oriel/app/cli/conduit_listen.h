#pragma once
// `oriel listen` (docs/conduit_command.md).

#include <span>

namespace oriel::cli {

// `arguments` are those after "listen". Gives the exit code.
int run_listen(std::span<const char* const> arguments);

}  // namespace oriel::cli

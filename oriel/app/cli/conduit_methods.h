#pragma once
// `oriel methods`, and what `oriel call TARGET METHOD --help` says (docs/conduit_command.md).

#include <span>
#include <string_view>

#include "oriel/app/cli/method_facts.h"
#include "oriel/app/conduit/client.h"

namespace oriel::cli {

// Asks a server of ours for schemas, and any other for its list. A method that is not there:
// kMethodNotFound.
conduit::CallResult<MethodFacts> ask_for_method(conduit::Client& client, std::string_view method);

// `arguments` are those after "methods". Gives the exit code.
int run_methods(std::span<const char* const> arguments);

}  // namespace oriel::cli

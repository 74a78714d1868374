#pragma once
// How the commands of the conduit come to a connected client.

#include <expected>
#include <functional>
#include <memory>

#include "oriel/app/cli/conduit_options.h"
#include "oriel/app/conduit/client.h"

namespace oriel::cli {

using ClientPointer = std::unique_ptr<conduit::Client>;

// Nothing else is connected. Passwords: the file of the flag, else that of the target, else
// ORIEL_PASSWORD, else none.
Result<conduit::ClientOptions> make_client_options(const ConduitOptions& options);

// A connected client, or the exit code of what was said on standard error. `prepare` is called
// before each attempt; a server that wants a password where none is given makes a second one, with
// what is typed on the terminal.
std::expected<ClientPointer, int> connect_conduit(
    conduit::ClientOptions options, const std::function<void(conduit::Client&)>& prepare = {});

}  // namespace oriel::cli

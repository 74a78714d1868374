#pragma once
// How a command speaks with a session.

#include <optional>
#include <string>

#include "oriel/app/cli/drive_options.h"
#include "oriel/app/cli/drive_report.h"
#include "oriel/app/cli/drive_target.h"
#include "oriel/app/client/connection_options.h"
#include "oriel/core/conduit/response.h"

namespace oriel::cli {

// Does the verbs of `options` where a session keeps a connection to this target, and says on
// standard error when it has to wait for another command. Nothing: there is none, or one with other
// options, which is said too; so one connects. `on_output` hears of each output at the end.
std::optional<DriveOutcome> run_in_session(const client::ConnectionOptions& connection,
                                           const DriveOptions& options, const OnOutput& on_output);

// Calls a method of the session at this socket; nothing when nobody listens there.
std::optional<conduit::CallResult<conduit::Value>> call_session(const std::string& socket,
                                                                const std::string& method);

}  // namespace oriel::cli

#pragma once
// Where the sockets of `oriel session` are: one for each connection that is kept.

#include <optional>
#include <string>
#include <vector>

#include "oriel/app/client/connection_options.h"
#include "oriel/base/result.h"

namespace oriel::cli {

// $XDG_RUNTIME_DIR/oriel, else /tmp/oriel-UID: of mode 0700 and ours, made when it is missing.
// kRefused when it is somebody else's.
Result<std::string> session_folder();

// The socket of a target as its user: the same for all ways to write the target. kInvalid for
// options that lead nowhere.
Result<std::string> session_socket(const std::string& folder,
                                   const client::ConnectionOptions& options);

// The process that listens at the socket, 0 when it is not known; nothing when nobody does, as
// after one that was killed. It may be too busy, or stopped, to answer.
std::optional<int> session_process(const std::string& socket);

// All sockets in the folder.
std::vector<std::string> session_sockets(const std::string& folder);

}  // namespace oriel::cli

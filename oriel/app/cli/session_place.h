#pragma once
// Where the sockets of `oriel session` are: one for each connection that is kept.

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

// All sockets in the folder.
std::vector<std::string> session_sockets(const std::string& folder);

}  // namespace oriel::cli

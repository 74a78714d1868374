#pragma once
// Targets of commands that are names in the configuration file.

#include <string>

#include "oriel/app/client/connection_options.h"
#include "oriel/base/result.h"

namespace oriel::cli {

// `given` for `target`: a name in the configuration file, and then what `given` leaves open is as
// the file has it, or an address. Warns on standard error of a name whose certificate is not
// checked. Errors are for the user.
Result<client::ConnectionOptions> connection_to(client::ConnectionOptions given,
                                                const std::string& target);

}  // namespace oriel::cli

#pragma once
// Where a command goes: an address, or a name of the configuration file.

#include <string>

#include "oriel/app/cli/drive_options.h"
#include "oriel/app/client/connection_options.h"
#include "oriel/base/result.h"

namespace oriel::cli {

struct Destination {
  client::ConnectionOptions connection;
  std::string name;  // of the configuration file; empty for an address
};

// For one target of `options`: a name in the configuration file, and then what the options leave
// open is as the file has it, or an address. Warns on standard error of a name whose certificate is
// not checked. Errors are for the user, also about flags that have no meaning for this target.
Result<Destination> destination_of(const DriveOptions& options, const std::string& target);

}  // namespace oriel::cli

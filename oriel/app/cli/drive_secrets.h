#pragma once
// What the commands that drive a desktop take from files and the environment, and what they say
// about it.

#include "oriel/app/cli/drive_options.h"
#include "oriel/base/result.h"

namespace oriel::cli {

// The password of its file, else of ORIEL_PASSWORD; the ticket of ORIEL_TICKET where --param names
// none; the log of --verbose. Warns on standard error of --insecure. Errors are for the user.
Status read_drive_secrets(DriveOptions& options);

}  // namespace oriel::cli

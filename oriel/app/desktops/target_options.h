#pragma once
// From the configuration's words about a server to those of the client.

#include "oriel/app/client/connection_options.h"
#include "oriel/app/config/target_settings.h"

namespace oriel::desktops {

// Its files, but those of certificates, have been read (config::read_target_files).
client::ConnectionOptions connection_options(const config::TargetSettings& settings);

// What `given` leaves open is as `named` has it; of both have values, headers and cookies.
client::ConnectionOptions completed(client::ConnectionOptions given,
                                    const client::ConnectionOptions& named);

}  // namespace oriel::desktops

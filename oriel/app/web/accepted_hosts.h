#pragma once
// The names under which the doors of this program may be reached.

#include "oriel/app/config/settings.h"
#include "oriel/io/net/host_policy.h"

namespace oriel::web {

// Those of http.allowed_hosts, and the machine's own (gethostname): nobody elsewhere can have them
// lead here, and other machines of the network use them.
net::HostPolicy host_policy(const config::Settings& settings);

}  // namespace oriel::web

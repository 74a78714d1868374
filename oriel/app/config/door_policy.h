#pragma once
// Which doors may open. Pure.

#include "oriel/app/config/settings.h"
#include "oriel/base/result.h"

namespace oriel::config {

// A listener on another address than loopback needs a password (RFB itself asks for it, also
// through the web page), or --allow-anyone; a certificate needs its key. The error's sentence says
// what to do; exit code 2.
Status check_doors(const Settings& settings);

// Whether the HTTP door, which is open, speaks TLS; and whether a door at this address does.
bool uses_tls(const Settings& settings);
bool uses_tls(const Settings& settings, const ListenAddress& door);

}  // namespace oriel::config

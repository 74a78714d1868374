#pragma once
// Which doors may open. Pure.

#include "oriel/app/config/settings.h"
#include "oriel/base/result.h"

namespace oriel::config {

// A listener on another address than loopback needs a password (RFB itself asks for it, also
// through the web page), or --allow-anyone. Error kRefused: the sentence says what to do; exit
// code 2.
Status check_doors(const Settings& settings);

}  // namespace oriel::config

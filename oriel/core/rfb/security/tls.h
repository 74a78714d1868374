#pragma once
// Security type 18, TLS, as the GNOME desktop's old server vino speaks it: anonymous TLS at once,
// and in it another list of types. The client's half.

#include <memory>

#include "oriel/core/rfb/security/security.h"

namespace oriel::rfb {

std::unique_ptr<SecurityClient> make_tls_client(const SecurityClientConfig& config);

}  // namespace oriel::rfb

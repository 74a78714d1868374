#pragma once
// Security type 1, None (RFC 6143, 7.2.1): nothing is exchanged.

#include <memory>

#include "oriel/core/rfb/security/security.h"

namespace oriel::rfb {

std::unique_ptr<SecurityServer> make_none_server(const SecurityServerConfig& config);
std::unique_ptr<SecurityClient> make_none_client(const SecurityClientConfig& config);

}  // namespace oriel::rfb

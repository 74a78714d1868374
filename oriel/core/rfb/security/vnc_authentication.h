#pragma once
// Security type 2, VNC Authentication (RFC 6143, 7.2.2): a DES challenge with a password of at most
// 8 bytes.

#include <memory>

#include "oriel/core/rfb/security/security.h"

namespace oriel::rfb {

std::unique_ptr<SecurityServer> make_vnc_authentication_server(const SecurityServerConfig& config);
std::unique_ptr<SecurityClient> make_vnc_authentication_client(const SecurityClientConfig& config);

}  // namespace oriel::rfb

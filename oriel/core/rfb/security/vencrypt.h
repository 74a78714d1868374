#pragma once
// Security type 19, VeNCrypt (rfbproto.rst, "VeNCrypt"), version 0.2: a list of subtypes, most of
// which start TLS and then do what another security type does. The client's half.

#include <memory>

#include "oriel/core/rfb/security/security.h"

namespace oriel::rfb {

std::unique_ptr<SecurityClient> make_vencrypt_client(const SecurityClientConfig& config);

}  // namespace oriel::rfb

#pragma once
// Security type 30, Apple's Diffie-Hellman (rfbproto.rst, "Diffie-Hellman Authentication"), of
// macOS's Screen Sharing: hides user and password from who listens, and nothing that follows. The
// client's half.

#include <memory>

#include "oriel/core/rfb/security/security.h"

namespace oriel::rfb {

// Needs config.entropy.
std::unique_ptr<SecurityClient> make_apple_dh_client(const SecurityClientConfig& config);

}  // namespace oriel::rfb

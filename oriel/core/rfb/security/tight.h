#pragma once
// Security type 16, Tight (rfbproto.rst, "Tight Security Type"): a list of tunnels, always empty
// here, and a list of authentications of its own, in which VNC Authentication is the only one.

#include <memory>

#include "oriel/core/rfb/security/security.h"

namespace oriel::rfb {

std::unique_ptr<SecurityServer> make_tight_server(const SecurityServerConfig& config);
std::unique_ptr<SecurityClient> make_tight_client(const SecurityClientConfig& config);

// What stands behind ServerInit when this type was chosen: U16 numbers of server messages, client
// messages and encodings that are announced, all 0, and two bytes of padding.
inline constexpr std::size_t kTightInteractionBytes = 8;

}  // namespace oriel::rfb

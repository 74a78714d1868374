#pragma once
// Security type 16, Tight (rfbproto.rst, "Tight Security Type"): a list of tunnels, always empty
// here, and a list of authentications of its own, in which our server has VNC Authentication only.

#include <memory>

#include "oriel/core/rfb/security/security.h"

namespace oriel::rfb {

std::unique_ptr<SecurityServer> make_tight_server(const SecurityServerConfig& config);
std::unique_ptr<SecurityClient> make_tight_client(const SecurityClientConfig& config);

// What stands behind ServerInit when this type was chosen: U16 numbers of server messages, client
// messages and encodings that are announced, two bytes of padding, and a capability for each. Our
// server announces nothing.
inline constexpr std::size_t kTightInteractionBytes = 8;
// How long it is: consumed 0 while bytes are missing. At most 3 MB.
Need tight_interaction_bytes(ByteSpan bytes);

}  // namespace oriel::rfb

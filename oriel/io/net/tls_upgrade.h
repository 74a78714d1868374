#pragma once
// The TLS of a client that begins in the middle of a conversation (STARTTLS): what a SessionDriver
// asks for when its session wants it.

#include <string>

#include "oriel/io/net/session_driver.h"
#include "oriel/io/net/tls_context.h"

namespace oriel::net {

// For a connection to `host`, a name or a numeric address without brackets, which a verified
// certificate must name. `options` says whom to trust where the server has a certificate; contexts
// are made when they are needed, and so errors in `options` end the session. The maker belongs to
// one driver.
TlsEngineMaker make_client_upgrade(TlsClientOptions options, std::string host);

}  // namespace oriel::net

#pragma once
// What the HTTP door shows when it speaks TLS: the user's certificate, or one of our own.

#include <memory>

#include "oriel/app/config/settings.h"
#include "oriel/io/net/tls_context.h"

namespace oriel::web {

struct TlsDoor {
  std::shared_ptr<net::TlsServerContext> context;
  bool is_self_signed = false;
};

// The HTTP door of `settings` is open and uses TLS. Errors are one sentence for the user, and exit
// code 2.
Result<TlsDoor> open_tls_door(const config::Settings& settings, net::TlsNotice notice);

}  // namespace oriel::web

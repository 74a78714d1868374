#pragma once
// What a door shows when it speaks TLS: the user's certificate, or one of our own.

#include <memory>
#include <string>

#include "oriel/app/config/settings.h"
#include "oriel/app/web/self_signed_files.h"
#include "oriel/io/net/tls_context.h"

namespace oriel::web {

struct DoorCertificate {
  CertificateFiles files;
  bool is_self_signed = false;
};

// The files of a door that uses TLS. Errors as below.
Result<DoorCertificate> door_certificate(const config::Settings& settings,
                                         const std::string& listen_host);

struct TlsDoor {
  std::shared_ptr<net::TlsServerContext> context;
  bool is_self_signed = false;
};

// A door of `settings` listens on `listen_host` and uses TLS. Errors are one sentence for the user,
// and exit code 2.
Result<TlsDoor> open_tls_door(const config::Settings& settings, const std::string& listen_host,
                              net::TlsNotice notice);

}  // namespace oriel::web

#pragma once
// The trust of a client that connects through TLS. Plain values.

#include <string>

namespace oriel::net {

// Whom to trust, and who we are.
struct TlsConnectOptions {
  std::string ca_file;           // PEM; trusted in place of the system's certificates
  bool verify = true;            // false: anybody's certificate, only for tests
  std::string certificate_file;  // PEM; shown to a server that asks for one
  std::string key_file;
  std::string ca_pem = {};  // as ca_file, as text
};

}  // namespace oriel::net

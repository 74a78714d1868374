#pragma once
// A certification authority for one test, which lives as long as the test.

#include <string>

#include "oriel/io/net/tls_certificate.h"

namespace oriel::testing {

enum class CertificateUse { kServer, kClient };
enum class CertificateKey { kEllipticCurve, kRsa };  // RSA: for peers that know nothing else

class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& name = "Test authority");

  // What to trust.
  const std::string& pem() const { return root_.certificate; }
  // A certificate of `name`, which is its common name and for a server its only DNS name.
  net::PemPair issue(const std::string& name, CertificateUse use,
                     CertificateKey kind = CertificateKey::kEllipticCurve) const;

 private:
  net::PemPair root_;
};

}  // namespace oriel::testing

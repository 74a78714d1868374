#pragma once
// Certificates: their pair with a key from PEM, a new self-signed one, and what they say. No files.
// Pure but for the randomness and the date of a new one; any thread.

#include <chrono>
#include <string>
#include <vector>

#include "oriel/base/result.h"
#include "oriel/io/net/openssl_pointers.h"

namespace oriel::net {

// A certificate with those that lead from it to a root, and its private key.
struct TlsPair {
  CertificatePointer certificate;
  std::vector<CertificatePointer> chain;
  KeyPointer key;
};

struct PemPair {
  std::string certificate;
  std::string key;
};

// Errors are clauses without file names: no certificate, an encrypted key, a key of another
// certificate. At most kTlsChainMax certificates.
Result<TlsPair> parse_pem_pair(const PemPair& pem);
// One or more certificates, such as all the authorities that a system trusts.
Result<std::vector<CertificatePointer>> parse_pem_certificates(const std::string& pem);

// A certificate for these names (host names and numeric addresses; at least one), signed by its own
// new key: ECDSA P-256, valid from `now` (less a day for clocks that differ) for kSelfSignedDays.
Result<PemPair> make_self_signed(const std::vector<std::string>& names,
                                 std::chrono::system_clock::time_point now);

// SHA-256 of the certificate, as browsers and openssl show it: "AB:CD:...".
std::string fingerprint_of(const x509_st& certificate);
std::chrono::system_clock::time_point expiry_of(const x509_st& certificate);
// Whether a client that knows us by `name`, a host name or numeric address, accepts it.
bool covers(const x509_st& certificate, const std::string& name);
// The common name of its subject in UTF-8; empty without one, or with control characters in it.
std::string common_name_of(const x509_st& certificate);
// The names of make_self_signed, or of any other in its subjectAltName.
std::vector<std::string> names_of(const x509_st& certificate);

}  // namespace oriel::net

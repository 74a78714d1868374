#include "oriel/testing/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "oriel/base/check.h"

namespace oriel::testing {
namespace {

using net::BioPointer;
using net::CertificatePointer;
using net::KeyPointer;
using net::PemPair;

std::string text_of(BIO& bio) {
  char* start = nullptr;
  const long size = BIO_get_mem_data(&bio, &start);
  return {start, static_cast<std::size_t>(size)};
}

void add_extension(X509& certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
  auto* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  ORIEL_CHECK(extension != nullptr && X509_add_ext(&certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

// A day to each side of now, for `name` and its new key, not signed yet.
CertificatePointer begin(const std::string& name, EVP_PKEY& key) {
  CertificatePointer certificate(X509_new());
  auto* subject = X509_get_subject_name(certificate.get());
  constexpr long kDay = 24 * 60 * 60;
  ORIEL_CHECK(X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
              ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1) == 1 &&
              X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                         reinterpret_cast<const unsigned char*>(name.data()),
                                         static_cast<int>(name.size()), -1, 0) == 1 &&
              X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay) != nullptr &&
              X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kDay) != nullptr &&
              X509_set_pubkey(certificate.get(), &key) == 1);
  return certificate;
}

PemPair written(X509& certificate, EVP_PKEY& key) {
  const BioPointer certificate_pem(BIO_new(BIO_s_mem())), key_pem(BIO_new(BIO_s_mem()));
  ORIEL_CHECK(
      PEM_write_bio_X509(certificate_pem.get(), &certificate) == 1 &&
      PEM_write_bio_PrivateKey(key_pem.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return {text_of(*certificate_pem), text_of(*key_pem)};
}

}  // namespace

CertificateAuthority::CertificateAuthority(const std::string& name) {
  const KeyPointer key(EVP_EC_gen("P-256"));
  const auto certificate = begin(name, *key);
  add_extension(*certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(*certificate, NID_key_usage, "critical,keyCertSign");
  ORIEL_CHECK(X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) ==
                  1 &&
              X509_sign(certificate.get(), key.get(), EVP_sha256()) != 0);
  root_ = written(*certificate, *key);
}

PemPair CertificateAuthority::issue(const std::string& name, CertificateUse use,
                                    CertificateKey kind) const {
  const auto root = *net::parse_pem_pair(root_);
  const KeyPointer key(kind == CertificateKey::kRsa ? EVP_RSA_gen(2048u) : EVP_EC_gen("P-256"));
  const auto certificate = begin(name, *key);
  add_extension(*certificate, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(*certificate, NID_ext_key_usage,
                use == CertificateUse::kServer ? "serverAuth" : "clientAuth");
  if (use == CertificateUse::kServer)
    add_extension(*certificate, NID_subject_alt_name, "DNS:" + name);
  ORIEL_CHECK(
      X509_set_issuer_name(certificate.get(), X509_get_subject_name(root.certificate.get())) == 1 &&
      X509_sign(certificate.get(), root.key.get(), EVP_sha256()) != 0);
  return written(*certificate, *key);
}

}  // namespace oriel::testing

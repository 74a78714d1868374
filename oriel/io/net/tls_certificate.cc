#include "oriel/io/net/tls_certificate.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <ctime>
#include <memory>

#include "oriel/base/check.h"
#include "oriel/io/net/limits.h"

namespace oriel::net {
namespace {

using std::chrono::system_clock;

struct Free {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
  void operator()(GENERAL_NAME* name) const { GENERAL_NAME_free(name); }
  void operator()(BIGNUM* number) const { BN_free(number); }
};
using GeneralNames = std::unique_ptr<GENERAL_NAMES, Free>;

constexpr int kSerialBits = 127;  // unguessable, and positive in the 20 octets of RFC 5280
constexpr std::size_t kCommonNameMax = 64;  // RFC 5280, ub-common-name

BioPointer reading(const std::string& text) {
  return BioPointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// OpenSSL would ask the terminal.
int no_passphrase(char*, int, int, void* was_asked) {
  *static_cast<bool*>(was_asked) = true;
  return -1;
}

Result<KeyPointer> parse_key(const std::string& pem) {
  bool was_asked = false;
  const auto bio = reading(pem);
  KeyPointer key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, &was_asked));
  const auto reason = take_openssl_error();
  if (key) return key;
  if (was_asked)
    return fail(ErrorCode::kUnsupported,
                "the private key is encrypted, and nobody is there to type its passphrase: store "
                "it without one");
  return fail(ErrorCode::kInvalid, fmt::format("there is no private key in PEM form ({})", reason));
}

bool is_address(const std::string& name) {
  boost::system::error_code error;
  boost::asio::ip::make_address(name, error);
  return !error;
}

bool add_name(GENERAL_NAMES& names, const std::string& name) {
  std::unique_ptr<GENERAL_NAME, Free> entry(a2i_GENERAL_NAME(nullptr, nullptr, nullptr,
                                                             is_address(name) ? GEN_IPADD : GEN_DNS,
                                                             const_cast<char*>(name.c_str()), 0));
  if (!entry || sk_GENERAL_NAME_push(&names, entry.get()) <= 0) return false;
  (void)entry.release();
  return true;
}

bool add_names(X509& certificate, const std::vector<std::string>& names) {
  const GeneralNames list(sk_GENERAL_NAME_new_null());
  const bool is_complete =
      list && std::ranges::all_of(names, [&](auto& name) { return add_name(*list, name); });
  return is_complete &&
         X509_add1_ext_i2d(&certificate, NID_subject_alt_name, list.get(), 0, X509V3_ADD_DEFAULT);
}

bool add_extension(X509& certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
  auto* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  const bool is_added = extension != nullptr && X509_add_ext(&certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return is_added;
}

bool set_random_serial(X509& certificate) {
  const std::unique_ptr<BIGNUM, Free> number(BN_new());
  return number && BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate)) != nullptr;
}

bool set_subject(X509& certificate, std::string name) {
  name.resize(std::min(name.size(), kCommonNameMax));
  auto* subject = X509_get_subject_name(&certificate);
  return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(name.data()),
                                    static_cast<int>(name.size()), -1, 0) == 1 &&
         X509_set_issuer_name(&certificate, subject) == 1;
}

bool set_validity(X509& certificate, system_clock::time_point now) {
  const auto set = [](ASN1_TIME* time, system_clock::time_point to) {
    return ASN1_TIME_set(time, system_clock::to_time_t(to)) != nullptr;
  };
  const auto begin = now - std::chrono::days(1);
  return set(X509_getm_notBefore(&certificate), begin) &&
         set(X509_getm_notAfter(&certificate), begin + std::chrono::days(kSelfSignedDays));
}

std::string text_of(BIO& bio) {
  char* start = nullptr;
  const long size = BIO_get_mem_data(&bio, &start);
  return {start, static_cast<std::size_t>(size)};
}

std::string name_in(const GENERAL_NAME& name) {
  int type = 0;
  const auto* value = static_cast<ASN1_STRING*>(GENERAL_NAME_get0_value(&name, &type));
  if (type != GEN_DNS && type != GEN_IPADD) return "";
  const auto* bytes = ASN1_STRING_get0_data(value);
  const auto size = static_cast<std::size_t>(ASN1_STRING_length(value));
  if (type == GEN_DNS) return {reinterpret_cast<const char*>(bytes), size};
  using namespace boost::asio::ip;
  address_v4::bytes_type v4;
  address_v6::bytes_type v6;
  if (size == v4.size()) {
    std::copy_n(bytes, size, v4.begin());
    return make_address_v4(v4).to_string();
  }
  if (size != v6.size()) return "";
  std::copy_n(bytes, size, v6.begin());
  return make_address_v6(v6).to_string();
}

}  // namespace

Result<std::vector<CertificatePointer>> parse_pem_certificates(const std::string& pem) {
  std::vector<CertificatePointer> all;
  const auto bio = reading(pem);
  while (CertificatePointer next{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)})
    all.push_back(std::move(next));
  const bool is_at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const auto reason = take_openssl_error();
  if (all.empty() || !is_at_end)
    return fail(
        ErrorCode::kInvalid,
        fmt::format("{} in PEM form ({})",
                    all.empty() ? "there is no certificate" : "not every certificate is", reason));
  return all;
}

Result<TlsPair> parse_pem_pair(const PemPair& pem) {
  ORIEL_TRY(auto certificates, parse_pem_certificates(pem.certificate));
  if (certificates.size() > kTlsChainMax)
    return fail(ErrorCode::kTooLarge, fmt::format("more than {} certificates", kTlsChainMax));
  ORIEL_TRY(auto key, parse_key(pem.key));
  TlsPair pair{std::move(certificates.front()), {}, std::move(key)};
  certificates.erase(certificates.begin());
  pair.chain = std::move(certificates);
  if (X509_check_private_key(pair.certificate.get(), pair.key.get()) != 1) {
    (void)take_openssl_error();
    return fail(ErrorCode::kInvalid, "the private key is not that of the certificate");
  }
  return pair;
}

Result<PemPair> make_self_signed(const std::vector<std::string>& names,
                                 system_clock::time_point now) {
  ORIEL_CHECK(!names.empty());
  const KeyPointer key(EVP_EC_gen("P-256"));
  const CertificatePointer certificate(X509_new());
  const bool is_made =
      key && certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
      set_random_serial(*certificate) && set_subject(*certificate, names.front()) &&
      set_validity(*certificate, now) && X509_set_pubkey(certificate.get(), key.get()) == 1 &&
      add_names(*certificate, names) &&
      // No authority: who tells a browser to trust it trusts this server and nobody else.
      add_extension(*certificate, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(*certificate, NID_key_usage, "critical,digitalSignature") &&
      add_extension(*certificate, NID_ext_key_usage, "serverAuth") &&
      add_extension(*certificate, NID_subject_key_identifier, "hash") &&
      X509_sign(certificate.get(), key.get(), EVP_sha256()) != 0;
  const BioPointer certificate_pem(BIO_new(BIO_s_mem())), key_pem(BIO_new(BIO_s_mem()));
  if (!is_made || PEM_write_bio_X509(certificate_pem.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1)
    return fail(ErrorCode::kUnavailable,
                fmt::format("a self-signed certificate cannot be made: {}", take_openssl_error()));
  return PemPair{text_of(*certificate_pem), text_of(*key_pem)};
}

std::string fingerprint_of(const x509_st& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  ORIEL_CHECK(X509_digest(&certificate, EVP_sha256(), digest.data(), &size) == 1);
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{}{:02X}", i == 0 ? "" : ":", digest[i]);
  return text;
}

system_clock::time_point expiry_of(const x509_st& certificate) {
  std::tm utc{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &utc) != 1) return {};  // expired long ago
  return system_clock::from_time_t(::timegm(&utc));
}

bool covers(const x509_st& certificate, const std::string& name) {
  auto* lent = const_cast<X509*>(&certificate);
  return (is_address(name) ? X509_check_ip_asc(lent, name.c_str(), 0)
                           : X509_check_host(lent, name.data(), name.size(), 0, nullptr)) == 1;
}

std::string common_name_of(const x509_st& certificate) {
  const auto* subject = X509_get_subject_name(&certificate);
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index < 0) return "";
  unsigned char* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
  if (size < 0) {
    (void)take_openssl_error();
    return "";
  }
  std::string name(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  const bool is_clean =
      std::ranges::all_of(name, [](unsigned char c) { return c >= ' ' && c != 0x7f; });
  return is_clean ? name : "";
}

std::vector<std::string> names_of(const x509_st& certificate) {
  const GeneralNames list(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> names;
  for (int i = 0; list && i < sk_GENERAL_NAME_num(list.get()); ++i)
    if (auto name = name_in(*sk_GENERAL_NAME_value(list.get(), i)); !name.empty())
      names.push_back(std::move(name));
  return names;
}

}  // namespace oriel::net

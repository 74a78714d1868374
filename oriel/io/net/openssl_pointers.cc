#include "oriel/io/net/openssl_pointers.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace oriel::net {

void OpensslDeleter::operator()(bio_st* bio) const noexcept { BIO_free_all(bio); }
void OpensslDeleter::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }
void OpensslDeleter::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }
void OpensslDeleter::operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }
void OpensslDeleter::operator()(x509_st* certificate) const noexcept { X509_free(certificate); }

std::string take_openssl_error() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown error" : reason;
}

}  // namespace oriel::net

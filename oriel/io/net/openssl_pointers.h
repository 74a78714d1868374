#pragma once
// Owners of OpenSSL's objects, without OpenSSL's headers, and its errors as words. Used inside this
// module only.

#include <memory>
#include <string>

struct bio_st;
struct evp_pkey_st;
struct ssl_ctx_st;
struct ssl_st;
struct x509_st;

namespace oriel::net {

struct OpensslDeleter {
  void operator()(bio_st* bio) const noexcept;
  void operator()(evp_pkey_st* key) const noexcept;
  void operator()(ssl_ctx_st* context) const noexcept;
  void operator()(ssl_st* ssl) const noexcept;
  void operator()(x509_st* certificate) const noexcept;
};

using BioPointer = std::unique_ptr<bio_st, OpensslDeleter>;
using KeyPointer = std::unique_ptr<evp_pkey_st, OpensslDeleter>;
using SslContextPointer = std::unique_ptr<ssl_ctx_st, OpensslDeleter>;
using SslPointer = std::unique_ptr<ssl_st, OpensslDeleter>;
using CertificatePointer = std::unique_ptr<x509_st, OpensslDeleter>;

// The first error that this thread's last call left, in OpenSSL's words such as "wrong version
// number", and forgets them all; "unknown error" when there is none.
std::string take_openssl_error();

}  // namespace oriel::net

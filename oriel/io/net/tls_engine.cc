#include "oriel/io/net/tls_engine.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/io/net/limits.h"
#include "oriel/io/net/tls_certificate.h"

namespace oriel::net {
namespace {

constexpr int kCertificateRequired = 116;  // RFC 8446, 6.2

// The alert that the peer sent, as OpenSSL's error codes carry it; none for another error.
std::optional<int> alert_of(unsigned long error) {
  const int reason = ERR_GET_REASON(error);
  if (ERR_GET_LIB(error) != ERR_LIB_SSL || reason < SSL_AD_REASON_OFFSET) return {};
  return reason - SSL_AD_REASON_OFFSET;
}

bool is_about_certificate(int alert) {
  return alert == SSL_AD_BAD_CERTIFICATE || alert == SSL_AD_CERTIFICATE_UNKNOWN ||
         alert == SSL_AD_CERTIFICATE_EXPIRED || alert == SSL_AD_UNKNOWN_CA ||
         alert == SSL_AD_CERTIFICATE_REVOKED || alert == SSL_AD_UNSUPPORTED_CERTIFICATE ||
         alert == SSL_AD_DECRYPT_ERROR;  // of a signature on it
}

}  // namespace

TlsEngine::TlsEngine(SslPointer ssl, std::string peer_name)
    : ssl_(std::move(ssl)), peer_name_(std::move(peer_name)) {
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  ORIEL_CHECK(in != nullptr && out != nullptr);
  // Empty means "wait", not "the end".
  BIO_set_mem_eof_return(in, -1);
  BIO_set_mem_eof_return(out, -1);
  SSL_set_bio(ssl_.get(), in, out);  // which owns them from now on
}

void TlsEngine::put_input(ByteSpan ciphertext) {
  if (ciphertext.empty()) return;
  const auto size = static_cast<int>(ciphertext.size());
  ORIEL_CHECK(BIO_write(SSL_get_rbio(ssl_.get()), ciphertext.data(), size) == size);
}

std::size_t TlsEngine::output_bytes() const { return BIO_ctrl_pending(SSL_get_wbio(ssl_.get())); }

void TlsEngine::take_output(Bytes& out) {
  const auto kept = out.size(), count = output_bytes();
  if (count == 0) return;
  out.resize(kept + count);
  ORIEL_CHECK(BIO_read(SSL_get_wbio(ssl_.get()), out.data() + kept, static_cast<int>(count)) ==
              static_cast<int>(count));
}

Result<bool> TlsEngine::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    is_established_ = true;
    return true;
  }
  if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ) return false;
  return failure();
}

Result<std::size_t> TlsEngine::read(std::span<std::uint8_t> into) {
  ORIEL_CHECK(is_established_ && !into.empty());
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
  if (result == 1) return count;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return 0;
    case SSL_ERROR_ZERO_RETURN:
      return fail(ErrorCode::kClosed, "the peer closed the connection");
    default:
      return failure();
  }
}

Result<std::size_t> TlsEngine::write_record(std::span<const ByteSpan> pieces) {
  ORIEL_CHECK(is_established_ && !pieces.empty());
  if (is_shut_down_) return fail(ErrorCode::kClosed, "our side of the connection is closed");
  ByteSpan plain = pieces.front().first(std::min(pieces.front().size(), kTlsRecordBytes));
  if (plain.size() < kTlsRecordBytes && pieces.size() > 1) {
    record_.clear();
    for (auto piece : pieces) {
      const auto part = piece.first(std::min(piece.size(), kTlsRecordBytes - record_.size()));
      record_.insert(record_.end(), part.begin(), part.end());
    }
    plain = record_;
  }
  ORIEL_CHECK(!plain.empty());
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &count);
  if (result != 1) return failure();
  return count;
}

void TlsEngine::shut_down() {
  if (std::exchange(is_shut_down_, true) || !is_established_) return;
  ERR_clear_error();
  (void)SSL_shutdown(ssl_.get());  // 0 after our half; negative after an error, which was told
  ERR_clear_error();
}

std::string TlsEngine::peer_fingerprint() const {
  const X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  return certificate == nullptr ? "" : fingerprint_of(*certificate);
}

bool TlsEngine::is_peer_verified() const {
  return is_established_ && SSL_get0_peer_certificate(ssl_.get()) != nullptr &&
         SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE &&
         SSL_get_verify_result(ssl_.get()) == X509_V_OK;
}

std::string TlsEngine::peer_common_name() const {
  return is_peer_verified() ? common_name_of(*SSL_get0_peer_certificate(ssl_.get())) : "";
}

bool TlsEngine::is_private() const {
  return is_established_ &&
         (SSL_is_server(ssl_.get()) == 1 || SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE);
}

std::string TlsEngine::application_protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return size == 0 ? "" : std::string(as_text({name, size}));
}

// The error that the last call left, in a sentence.
std::unexpected<Error> TlsEngine::failure() const {
  const auto error = ERR_peek_error();
  // Behind what made it fail, such as a signature by another key.
  const auto last = ERR_peek_last_error();
  const bool is_distrust =
      ERR_GET_LIB(last) == ERR_LIB_SSL && ERR_GET_REASON(last) == SSL_R_CERTIFICATE_VERIFY_FAILED;
  const bool is_without_certificate =
      ERR_GET_LIB(error) == ERR_LIB_SSL &&
      ERR_GET_REASON(error) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE;
  const auto words = take_openssl_error();
  if (const auto alert = alert_of(error)) {
    const auto* description = SSL_alert_desc_string_long(*alert);
    if (*alert == kCertificateRequired)
      return fail(ErrorCode::kRefused,
                  "the peer asks for a certificate of ours, and we have shown none");
    if (is_about_certificate(*alert))
      return fail(
          ErrorCode::kRefused,
          fmt::format("the peer does not trust our certificate (TLS alert: {})", description));
    return fail(ErrorCode::kInvalid, fmt::format("the peer ended TLS (alert: {})", description));
  }
  if (is_without_certificate)
    return fail(ErrorCode::kRefused, "the peer has shown no certificate, which is needed here");
  if (is_distrust)
    return fail(ErrorCode::kRefused,
                fmt::format("the certificate of {} is not trusted: {}",
                            peer_name_.empty() ? "the peer" : peer_name_,
                            X509_verify_cert_error_string(SSL_get_verify_result(ssl_.get()))));
  return fail(ErrorCode::kInvalid,
              fmt::format("{}: {}",
                          is_established_ ? "what arrived over TLS is broken"
                                          : "the peer does not speak the TLS that is spoken here",
                          words));
}

}  // namespace oriel::net

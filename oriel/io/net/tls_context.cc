#include "oriel/io/net/tls_context.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <compare>
#include <cstring>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/io/net/limits.h"

namespace oriel::net {
namespace {

// TLS 1.2's; those of TLS 1.3 are all of this kind.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
// Without certificates; the level also lets keys be short and TLS be old.
constexpr const char* kAnonymousCiphers = "AECDH:ADH:!eNULL:!LOW:!EXP:!RC4:@SECLEVEL=0";

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

enum class FileIs { kPublic, kPrivate };

std::unexpected<Error> file_error(const std::string& path, std::string_view clause) {
  return fail(ErrorCode::kInvalid, fmt::format("{}: {}", path, clause));
}

Result<std::string> read_pem_file(const std::string& path, FileIs kind) {
  // Not blocking: a FIFO without a writer would hang us.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0)
    return file_error(path, fmt::format("cannot be read: {}", std::strerror(errno)));
  if (!S_ISREG(status.st_mode)) return file_error(path, "is not a file");
  if (kind == FileIs::kPrivate && (status.st_mode & 077) != 0)
    return file_error(
        path, fmt::format("a private key that others can read, close it with: chmod 600 {}", path));
  std::string text;
  std::array<char, 4096> block;
  for (;;) {
    const auto count = ::read(file.number(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return file_error(path, fmt::format("cannot be read: {}", std::strerror(errno)));
    if (count == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(count));
    if (text.size() > kTlsPemFileBytesMax)
      return file_error(path, fmt::format("more than {} bytes", kTlsPemFileBytesMax));
  }
}

// What both roles want.
SslContextPointer make_context(const SSL_METHOD* method) {
  SslContextPointer context(SSL_CTX_new(method));
  ORIEL_CHECK(context);
  ORIEL_CHECK(SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) == 1);
  ORIEL_CHECK(SSL_CTX_set_cipher_list(context.get(), kCiphers) == 1);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE |
                                         SSL_OP_PRIORITIZE_CHACHA);
  // An idle connection needs no buffers for records.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  // A server's tickets need no memory of its own.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

// The form of ALPN: a length and the name.
std::string alpn_list(const std::string& protocol) {
  ORIEL_CHECK(!protocol.empty() && protocol.size() < 256);
  return static_cast<char>(protocol.size()) + protocol;
}

// OpenSSL's callback; `list` is a TlsServerOptions::application_protocol.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned offered_size, void* protocol) {
  const auto& ours = *static_cast<const std::string*>(protocol);
  for (ByteSpan rest(offered, offered_size); !rest.empty();) {
    const std::size_t size = rest.front();
    if (size + 1 > rest.size()) break;
    const auto name = rest.subspan(1, size);
    rest = rest.subspan(size + 1);
    if (as_text(name) != ours) continue;
    *out = name.data();
    *out_size = static_cast<unsigned char>(size);
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

Status use_pair(SSL_CTX& context, TlsPair& pair) {
  // Also refused: keys and signatures that are too weak by today's measure.
  if (SSL_CTX_use_certificate(&context, pair.certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(&context, pair.key.get()) != 1)
    return fail(ErrorCode::kInvalid,
                fmt::format("the certificate cannot be used: {}", take_openssl_error()));
  for (auto& link : pair.chain) {
    if (SSL_CTX_add1_chain_cert(&context, link.get()) != 1)
      return fail(ErrorCode::kInvalid, fmt::format("a certificate of the chain cannot be used: {}",
                                                   take_openssl_error()));
  }
  return {};
}

// The pair of both files for `context`; the certificate.
Result<CertificatePointer> use_files(SSL_CTX& context, const std::string& certificate_file,
                                     const std::string& key_file) {
  ORIEL_TRY(auto certificate, read_pem_file(certificate_file, FileIs::kPublic));
  ORIEL_TRY(auto key, read_pem_file(key_file, FileIs::kPrivate));
  auto pair = parse_pem_pair({std::move(certificate), std::move(key)});
  auto used = pair ? use_pair(context, *pair) : Status(std::unexpected(pair.error()));
  if (!used)
    return fail(used.error().code,
                fmt::format("{} and {}: {}", certificate_file, key_file, used.error().message));
  return std::move(pair->certificate);
}

Result<std::vector<CertificatePointer>> read_certificates(const std::string& path) {
  ORIEL_TRY(const auto text, read_pem_file(path, FileIs::kPublic));
  auto certificates = parse_pem_certificates(text);
  if (!certificates) return file_error(path, certificates.error().message);
  return certificates;
}

Status trust(SSL_CTX& context, const std::vector<CertificatePointer>& anchors) {
  for (const auto& anchor : anchors)
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(&context), anchor.get()) != 1)
      return fail(ErrorCode::kInvalid,
                  fmt::format("a certificate cannot be trusted: {}", take_openssl_error()));
  return {};
}

bool is_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

}  // namespace

// ---- server -----------------------------------------------------------------------------------

struct TlsServerContext::Stamp {
  struct OfFile {
    ino_t inode = 0;
    off_t size = -1;  // no such file
    time_t seconds = 0;
    long nanoseconds = 0;

    bool operator==(const OfFile&) const = default;
  };
  OfFile certificate, key, client_ca;

  bool operator==(const Stamp&) const = default;
};

TlsServerContext::TlsServerContext(TlsServerOptions options)
    : options_(std::move(options)), stamp_(std::make_unique<Stamp>()) {}

TlsServerContext::~TlsServerContext() = default;

Result<std::unique_ptr<TlsServerContext>> TlsServerContext::open(TlsServerOptions options,
                                                                 TimePoint now) {
  std::unique_ptr<TlsServerContext> context(new TlsServerContext(std::move(options)));
  *context->stamp_ = context->stamp_of_files();
  context->looked_at_ = now;
  ORIEL_TRY_VOID(context->load());
  return context;
}

TlsServerContext::Stamp TlsServerContext::stamp_of_files() const {
  const auto look_at = [](const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return Stamp::OfFile{};
    return Stamp::OfFile{status.st_ino, status.st_size, status.st_mtim.tv_sec,
                         status.st_mtim.tv_nsec};
  };
  return {look_at(options_.certificate_file), look_at(options_.key_file),
          look_at(options_.client_ca_file)};
}

// Takes over what the files have, or leaves everything as it is.
Status TlsServerContext::load() {
  auto context = make_context(TLS_server_method());
  ORIEL_TRY(const auto certificate,
            use_files(*context, options_.certificate_file, options_.key_file));
  ORIEL_TRY_VOID(load_client_check(*context));
  if (!options_.application_protocol.empty())
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, &options_.application_protocol);
  const auto expiry = expiry_of(*certificate);
  if (expiry < std::chrono::system_clock::now() && options_.notice)
    options_.notice(fmt::format("{}: the certificate has expired, so browsers will refuse it",
                                options_.certificate_file));
  context_ = std::move(context);
  fingerprint_ = fingerprint_of(*certificate);
  return {};
}

Status TlsServerContext::load_client_check(SSL_CTX& context) const {
  if (options_.client_check == TlsClientCheck::kNone) return {};
  if (options_.client_ca_file.empty())
    return fail(ErrorCode::kInvalid,
                "a server that checks its clients' certificates needs a file of those to trust");
  ORIEL_TRY(const auto anchors, read_certificates(options_.client_ca_file));
  ORIEL_TRY_VOID(trust(context, anchors));
  // Whose certificates we take, so that a client with several shows the right one.
  for (const auto& anchor : anchors) SSL_CTX_add_client_CA(&context, anchor.get());
  const bool is_required = options_.client_check == TlsClientCheck::kRequired;
  SSL_CTX_set_verify(
      &context, SSL_VERIFY_PEER | (is_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
  // A resumed session is one of this context, whose keys for tickets go with it at a reload.
  constexpr std::string_view kSessions = "oriel";
  const auto bytes = as_bytes(kSessions);
  ORIEL_CHECK(SSL_CTX_set_session_id_context(&context, bytes.data(),
                                             static_cast<unsigned>(bytes.size())) == 1);
  return {};
}

void TlsServerContext::reload_if_changed(TimePoint now) {
  if (now - looked_at_ < kTlsReloadInterval) return;
  looked_at_ = now;
  // Taken before the files are read: a change meanwhile is seen the next time.
  const auto stamp = stamp_of_files();
  if (stamp == *stamp_) return;
  *stamp_ = stamp;
  const auto status = load();
  if (!options_.notice) return;
  options_.notice(
      status ? fmt::format("{}: the certificate has changed and is in use now, SHA-256 {}",
                           options_.certificate_file, fingerprint_)
             : fmt::format("the changed certificate cannot be used, the old one stays in use: {}",
                           status.error().message));
}

TlsEngine TlsServerContext::make_engine(TimePoint now) {
  reload_if_changed(now);
  SslPointer ssl(SSL_new(context_.get()));
  ORIEL_CHECK(ssl);
  SSL_set_accept_state(ssl.get());
  return TlsEngine(std::move(ssl));
}

// ---- client -----------------------------------------------------------------------------------

Result<std::unique_ptr<TlsClientContext>> TlsClientContext::make(const TlsClientOptions& options) {
  auto context = make_context(TLS_client_method());
  if (options.trust == TlsTrust::kAnonymous) {
    ORIEL_CHECK(SSL_CTX_set_cipher_list(context.get(), kAnonymousCiphers) == 1);
    ORIEL_CHECK(SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION) == 1);
    ORIEL_CHECK(SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION) == 1);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    return std::unique_ptr<TlsClientContext>(new TlsClientContext(std::move(context)));
  }
  SSL_CTX_set_verify(context.get(),
                     options.trust == TlsTrust::kVerify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                     nullptr);
  if (options.anchors_pem.empty() && options.anchors_file.empty())
    SSL_CTX_set_default_verify_paths(context.get());
  if (!options.anchors_pem.empty()) {
    ORIEL_TRY(const auto anchors, parse_pem_certificates(options.anchors_pem));
    ORIEL_TRY_VOID(trust(*context, anchors));
  }
  if (!options.anchors_file.empty()) {
    ORIEL_TRY(const auto anchors, read_certificates(options.anchors_file));
    ORIEL_TRY_VOID(trust(*context, anchors));
  }
  if (options.certificate_file.empty() != options.key_file.empty())
    return fail(ErrorCode::kInvalid,
                "a certificate of ours needs its private key, and a private "
                "key its certificate (they may be one file)");
  if (!options.certificate_file.empty())
    ORIEL_TRY_VOID(use_files(*context, options.certificate_file, options.key_file));
  if (!options.application_protocol.empty()) {
    const auto list = alpn_list(options.application_protocol);
    const auto bytes = as_bytes(list);
    ORIEL_CHECK(SSL_CTX_set_alpn_protos(context.get(), bytes.data(),
                                        static_cast<unsigned>(bytes.size())) == 0);
  }
  return std::unique_ptr<TlsClientContext>(new TlsClientContext(std::move(context)));
}

Result<TlsEngine> TlsClientContext::make_engine(const std::string& host) const {
  SslPointer ssl(SSL_new(context_.get()));
  ORIEL_CHECK(ssl);
  SSL_set_connect_state(ssl.get());
  const bool is_set =
      is_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host.c_str()) == 1
                       : SSL_set1_host(ssl.get(), host.c_str()) == 1 &&
                             SSL_set_tlsext_host_name(ssl.get(), host.c_str()) == 1;
  if (!is_set || host.empty())
    return fail(ErrorCode::kInvalid,
                fmt::format("\"{}\" is not a host name ({})", host, take_openssl_error()));
  return TlsEngine(std::move(ssl), host);
}

}  // namespace oriel::net

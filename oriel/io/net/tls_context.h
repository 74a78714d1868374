#pragma once
// What connections of one kind have in common: our certificate (server), or whom to trust (client).
// TLS 1.2 with forward secrecy and AEAD ciphers, and TLS 1.3; no renegotiation, no compression, no
// early data. One strand owns each.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "oriel/base/result.h"
#include "oriel/base/time.h"
#include "oriel/io/net/openssl_pointers.h"
#include "oriel/io/net/tls_certificate.h"
#include "oriel/io/net/tls_engine.h"

namespace oriel::net {

// A sentence for the log, without a final period.
using TlsNotice = std::function<void(const std::string& sentence)>;

// What a server asks of its clients.
enum class TlsClientCheck {
  kNone,
  kOptional,  // who shows a certificate must be trusted; who shows none comes in without a name
  kRequired,
};

struct TlsServerOptions {
  std::string certificate_file;  // PEM: ours first, then those that lead to a root
  std::string key_file;          // PEM, readable by its owner only; may be the same file
  // For ALPN, such as "http/1.1": a client that asks for others only is refused (RFC 7301, 3.2).
  // Empty: not negotiated.
  std::string application_protocol;
  // Told when changed files are taken over, or cannot be: then the old pair stays.
  TlsNotice notice = nullptr;
  // Whom to trust for what clients show: PEM, one or more certificates. Looked at for changes too.
  TlsClientCheck client_check = TlsClientCheck::kNone;
  std::string client_ca_file = {};  // needed unless kNone
};

class TlsServerContext {
 public:
  // Reads the files. Errors name the file, what is wrong and what to do.
  static Result<std::unique_ptr<TlsServerContext>> open(TlsServerOptions options, TimePoint now);
  ~TlsServerContext();

  // For a new connection. Looks at the files first, at most once in kTlsReloadInterval: whether
  // modification time, size or inode have changed. Connections keep the pair they began with.
  TlsEngine make_engine(TimePoint now);

  // Of the certificate in use, as "AB:CD:...".
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  explicit TlsServerContext(TlsServerOptions options);
  struct Stamp;  // what shows that the files have changed
  Stamp stamp_of_files() const;
  Status load();
  Status load_client_check(ssl_ctx_st& context) const;
  void reload_if_changed(TimePoint now);

  TlsServerOptions options_;
  SslContextPointer context_;
  std::string fingerprint_;
  std::unique_ptr<Stamp> stamp_;
  TimePoint looked_at_;
};

enum class TlsTrust {
  kVerify,  // the chain and the name
  kAnyone,  // encryption without knowing with whom
  // The same with servers that have no certificate (VeNCrypt's "TLS..." types): anonymous
  // Diffie-Hellman, which TLS 1.3 does not have. As it proves nothing anyway, also TLS 1.0 and
  // short keys are spoken, for old servers. No certificate is looked at or shown.
  kAnonymous,
};

struct TlsClientOptions {
  TlsTrust trust = TlsTrust::kVerify;
  // Certificates to trust, as text or in a file; both empty: those of the system.
  std::string anchors_pem;
  std::string anchors_file;
  std::string application_protocol;
  // With what we prove who we are, where a server asks: PEM as for a server; both or neither.
  std::string certificate_file;
  std::string key_file;
};

class TlsClientContext {
 public:
  static Result<std::unique_ptr<TlsClientContext>> make(const TlsClientOptions& options);

  // For a new connection to `host`, a name or a numeric address without brackets.
  Result<TlsEngine> make_engine(const std::string& host) const;

 private:
  explicit TlsClientContext(SslContextPointer context) : context_(std::move(context)) {}

  SslContextPointer context_;
};

}  // namespace oriel::net

#pragma once
// Connects to a WebSocket by its URI: TCP, TLS, the handshake; one time-out for all of them. Also
// the place where a client's trust is decided. One strand owns it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/net/websocket_uri.h"
#include "oriel/base/result.h"
#include "oriel/io/net/http_message.h"
#include "oriel/io/net/limits.h"
#include "oriel/io/net/stream.h"
#include "oriel/io/net/tcp_connector.h"
#include "oriel/io/net/websocket_stream.h"

namespace oriel::net {

struct ConnectOptions {
  std::string uri;
  std::vector<HttpField> headers;  // added to the handshake; an Authorization goes before the URI's
  std::string ca_file;             // PEM; trusted in place of the system's certificates
  bool verify = true;              // false: anybody's certificate, only for tests
  std::chrono::milliseconds timeout{5'000};
  std::chrono::milliseconds ping_interval{30'000};  // zero: none
  std::chrono::milliseconds ping_timeout{10'000};
  WebSocketKind kind = WebSocketKind::kLines;
  WebSocketLimits limits;
};

enum class ConnectFailure {
  kOptions,      // the URI, a header or the CA file: trying again cannot help
  kUnreachable,  // no such host, nobody listens, no way to it
  kTimeout,
  kCertificate,  // not trusted, or not for this host
  kDenied,       // 401 or 403
  kRefused,      // any other answer than a WebSocket
  kProtocol,     // what answers speaks no TLS or no HTTP
  kCancelled,
};

struct ConnectError {
  ConnectFailure failure = ConnectFailure::kUnreachable;
  std::string message;  // one clause, which names the host
  int status = 0;       // of HTTP, where there was an answer
};

// Nothing, or what is wrong with the options, the CA file included.
std::expected<WebSocketUri, ConnectError> check_connect_options(const ConnectOptions& options);

class Connector {
 public:
  explicit Connector(boost::asio::any_io_executor executor);

  // One at a time. The connector lives until it returns.
  boost::asio::awaitable<std::expected<StreamPointer, ConnectError>> connect(
      ConnectOptions options);
  // Ends a connect() that waits, with kCancelled. Also in the time-out's place.
  void cancel();

 private:
  enum class End { kNone, kTimeout, kCancelled };

  boost::asio::awaitable<std::expected<StreamPointer, ConnectError>> open(
      const ConnectOptions& options, const WebSocketUri& uri);
  boost::asio::awaitable<std::expected<StreamPointer, ConnectError>> secured(
      StreamPointer stream, const ConnectOptions& options, const WebSocketUri& uri);
  void abort(End end);
  ConnectError explained(ConnectFailure failure, const std::string& message,
                         const WebSocketUri& uri) const;
  ConnectError explained(const WebSocketRefusal& refusal, const WebSocketUri& uri) const;
  ConnectError tls_failed(const Error& error, const WebSocketUri& uri) const;

  boost::asio::any_io_executor executor_;
  TcpConnector tcp_;
  // Ends the step that waits now.
  std::function<void()> abort_step_;
  End end_ = End::kNone;
};

}  // namespace oriel::net

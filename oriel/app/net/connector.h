#pragma once
// Connects to a WebSocket by its URI: TCP, TLS, the handshake; one time-out for all of them. Or
// only TCP and TLS, for other protocols. Also the place where a client's trust is decided. One
// strand owns it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/net/proxy.h"
#include "oriel/app/net/tls_connect_options.h"
#include "oriel/app/net/websocket_uri.h"
#include "oriel/base/result.h"
#include "oriel/io/net/http_message.h"
#include "oriel/io/net/limits.h"
#include "oriel/io/net/stream.h"
#include "oriel/io/net/tcp_connector.h"
#include "oriel/io/net/websocket_stream.h"

namespace oriel::net {

// A connection below all protocols.
struct ChannelOptions {
  std::string host;  // a name or a numeric address without brackets
  std::uint16_t port = 0;
  AddressFamily family = AddressFamily::kAny;
  std::optional<TlsConnectOptions> tls = {};
  std::string application_protocol = {};  // of TLS; empty: none
  std::chrono::milliseconds timeout{5'000};
  std::string shown;                // how errors name it
  std::optional<Proxy> proxy = {};  // TCP goes to it, and through it to the host
};

struct ConnectOptions {
  std::string uri;
  AddressFamily family = AddressFamily::kAny;
  std::vector<HttpField> headers;  // added to the handshake; an Authorization goes before the URI's
  std::string ca_file;             // PEM; trusted in place of the system's certificates
  bool verify = true;              // false: anybody's certificate, only for tests
  std::string certificate_file;    // PEM; shown to a server that asks for one
  std::string key_file;
  std::string ca_pem = {};  // as ca_file, as text
  // Offered (RFC 6455, 1.9); a server may choose one of them, or none.
  std::vector<std::string> subprotocols = {};
  std::optional<Proxy> proxy = {};
  std::string shown = {};  // how errors name it; empty: the URI without user and password
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
  // The peer ended the connection before TLS was there: perhaps it speaks none.
  bool ended_in_handshake = false;
};

// Whether its files can be read and are what they should be. kInvalid and the like name the file.
Status check_tls_options(const TlsConnectOptions& options);

// Nothing, or what is wrong with the options, the files of TLS included.
std::expected<WebSocketUri, ConnectError> check_connect_options(const ConnectOptions& options);

class Connector {
 public:
  explicit Connector(boost::asio::any_io_executor executor);

  // One at a time. The connector lives until it returns.
  boost::asio::awaitable<std::expected<StreamPointer, ConnectError>> connect(
      ConnectOptions options);
  // The same up to where the WebSocket would begin: TCP, and TLS where asked for.
  boost::asio::awaitable<std::expected<StreamPointer, ConnectError>> connect_channel(
      ChannelOptions options);
  // Ends what waits, with kCancelled. Also in the time-out's place.
  void cancel();

 private:
  enum class End { kNone, kTimeout, kCancelled };

  using Step = boost::asio::awaitable<std::expected<StreamPointer, ConnectError>>;
  using Way = boost::asio::awaitable<std::expected<void, ConnectError>>;

  Step within(std::chrono::milliseconds timeout, Step step);
  Step open(const ConnectOptions& options, const WebSocketUri& uri);
  Step open_channel(const ChannelOptions& options);
  Step secured(StreamPointer stream, const ChannelOptions& options);
  void abort(End end);
  ConnectError explained(ConnectFailure failure, const std::string& message,
                         const std::string& shown) const;
  ConnectError explained(const WebSocketRefusal& refusal, const WebSocketUri& uri,
                         const std::string& shown) const;
  Way tunnel_through(Stream& stream, const ChannelOptions& options);
  ConnectError tls_failed(const Error& error, const std::string& shown) const;

  boost::asio::any_io_executor executor_;
  TcpConnector tcp_;
  // Ends the step that waits now.
  std::function<void()> abort_step_;
  End end_ = End::kNone;
};

}  // namespace oriel::net

#pragma once
// Connects to any StreamTarget: TCP, TLS, a Unix socket, a WebSocket; one time-out for all steps.
// What is said on the stream, user and password included, is the caller's. One strand owns it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <expected>
#include <string>
#include <vector>

#include "oriel/app/net/connector.h"
#include "oriel/app/net/stream_target.h"
#include "oriel/io/net/unix_connector.h"

namespace oriel::net {

struct StreamConnectOptions {
  TlsConnectOptions tls;
  AddressFamily family = AddressFamily::kAny;  // of the host; not of Unix sockets
  std::chrono::milliseconds timeout{5'000};
  std::optional<Proxy> proxy = {};  // not of Unix sockets
  std::string shown = {};           // how errors name the target; empty: StreamTarget::shown()
  // Of WebSockets only.
  std::vector<HttpField> headers;
  std::vector<std::string> subprotocols = {};
  std::chrono::milliseconds ping_interval{30'000};  // zero: none
  std::chrono::milliseconds ping_timeout{10'000};
  WebSocketLimits limits;
};

class StreamConnector {
 public:
  explicit StreamConnector(boost::asio::any_io_executor executor);

  // One at a time. The connector lives until it returns. Before anything secret is sent, ask the
  // stream whether it is_private(). A server that does not take our certificate may say so only in
  // the first read (kRefused).
  boost::asio::awaitable<std::expected<StreamPointer, ConnectError>> connect(
      StreamTarget target, StreamConnectOptions options = {});
  // Ends a connect() that waits, with kCancelled.
  void cancel();

 private:
  Connector connector_;
  UnixConnector unix_;
};

}  // namespace oriel::net

#pragma once
// A small HTTP/1.1 server on Streams: parses, checks Host and Origin, asks the application,
// answers. It decides nothing about paths. One strand owns it.

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "oriel/io/net/host_policy.h"
#include "oriel/io/net/http_answer.h"
#include "oriel/io/net/http_message.h"
#include "oriel/io/net/limits.h"
#include "oriel/io/net/stream.h"
#include "oriel/io/net/tls_context.h"
#include "oriel/io/net/websocket_stream.h"

namespace oriel::net {

// The application's side. Called on the server's strand, never after the server is destroyed.
class HttpRoutes {
 public:
  virtual ~HttpRoutes() = default;

  // Answers a request, also for a path or method that does not exist (404, 405), now or later; the
  // connection waits for HttpLimits::answer_timeout.
  virtual void handle(HttpRequest request, HttpAnswer answer) = 0;

  // The most that the body of this request may have; it is asked before the body is read.
  // `head.peer` and `head.local` are filled in.
  virtual std::size_t body_bytes_max(const HttpRequest& /*head*/, std::size_t usual) {
    return usual;
  }

  // The server itself refuses a request for `path` ("" when its head was not whole): the same in
  // the form that this path's clients understand.
  virtual HttpResponse refusal(std::string_view /*path*/, HttpResponse plain) { return plain; }

  // Whether the path is a WebSocket; `on_websocket` is called when the handshake is done.
  virtual bool is_websocket_path(std::string_view path) const = 0;
  virtual WebSocketKind websocket_kind(std::string_view /*path*/) const {
    return WebSocketKind::kBytes;
  }
  // Instead of the handshake, when whoever asks may not come in. Host and Origin have been checked.
  virtual std::optional<HttpResponse> websocket_refusal(const HttpRequest& /*request*/) {
    return {};
  }
  virtual void on_websocket(const HttpRequest& request, StreamPointer stream) = 0;

  // The server itself has refused a request of `peer` with `status`, for the log: malformed, beyond
  // a limit, too slow, from a foreign host or page. `sentence` is what the peer was told. Status 0:
  // it could not be told, because TLS was not agreed on.
  virtual void refused(const std::string& peer, int status, std::string_view sentence) {
    (void)peer, (void)status, (void)sentence;
  }
};

struct HttpServerConfig {
  HostPolicy hosts;
  SecurityHeaders security;
  HttpLimits limits;
  WebSocketLimits websocket;
  // With it, what begins like TLS is TLS, and plain requests are sent to https://.
  std::shared_ptr<TlsServerContext> tls;
  // Tell browsers to never come without TLS again (RFC 6797); not under a loopback name.
  bool is_strict_transport = false;
};

class HttpServer {
 public:
  // `routes` must outlive the server.
  HttpServer(boost::asio::any_io_executor executor, HttpRoutes& routes, HttpServerConfig config);
  // Closes all connections; WebSockets that were handed over are not its own any more.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Serves requests on a new connection until it ends.
  void serve(StreamPointer stream);

  std::size_t connections() const;

 private:
  struct Shared;  // outlives the server as long as coroutines hold it

  std::shared_ptr<Shared> shared_;
};

}  // namespace oriel::net

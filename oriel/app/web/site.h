#pragma once
// The HTTP door: the page, /healthz, /metrics, the API, and over WebSocket RFB and the monitoring
// stream, with or without TLS; and the door of that stream alone.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "oriel/app/api/router.h"
#include "oriel/app/config/settings.h"
#include "oriel/app/monitor/publisher.h"
#include "oriel/app/observe/log_tail.h"
#include "oriel/app/server/server.h"
#include "oriel/app/web/conduit_door.h"
#include "oriel/app/web/door.h"
#include "oriel/app/web/monitor_door.h"
#include "oriel/app/web/rate_limit.h"
#include "oriel/app/web/server_backend.h"
#include "oriel/app/web/tls_door.h"
#include "oriel/io/net/http_server.h"
#include "oriel/io/net/tcp_listener.h"

namespace oriel::web {

// Lives on the network thread's loop.
class Site final : private net::HttpRoutes {
 public:
  // All outlive the site; `log` may be null.
  Site(boost::asio::io_context& io, const config::Settings& settings, observe::Logger logger,
       server::Server& server, const observe::LogTail* log);
  ~Site() override;

  // Opens the doors that the settings have and writes the token file. An error is one sentence for
  // the user, and exit code 2.
  Status listen();
  // The server shows a desktop now.
  void desktop_is_there() { backend_.desktop_is_there(); }
  // Closes the doors, and every connection that is not a viewer's; `closed` comes when clients of
  // the monitoring stream have been told.
  void close(std::function<void()> closed);

  // Where the door really is: "127.0.0.1:6080"; empty when closed.
  std::string address() const { return listener_ ? listener_->address() : ""; }
  std::string scheme() const { return tls_ ? "https" : "http"; }
  // "ws://127.0.0.1:8765/"; empty when closed.
  std::string monitor_uri() const { return monitor_door_ ? monitor_door_->uri() : ""; }
  // "tcp://127.0.0.1:8080"; empty when closed.
  std::string conduit_uri() const { return conduit_door_ ? conduit_door_->uri() : ""; }
  std::string conduit_ca_file() const { return conduit_door_ ? conduit_door_->ca_file() : ""; }
  // Of a certificate of our own the SHA-256, else empty.
  std::string self_signed_fingerprint() const;

 private:
  // net::HttpRoutes
  void handle(net::HttpRequest request, net::HttpAnswer answer) override;
  std::size_t body_bytes_max(const net::HttpRequest& head, std::size_t usual) override;
  net::HttpResponse refusal(std::string_view path, net::HttpResponse plain) override;
  bool is_websocket_path(std::string_view path) const override;
  net::WebSocketKind websocket_kind(std::string_view path) const override;
  std::optional<net::HttpResponse> websocket_refusal(const net::HttpRequest& request) override;
  void on_websocket(const net::HttpRequest& request, net::StreamPointer stream) override;
  void refused(const std::string& peer, int status, std::string_view sentence) override;

  net::HttpResponse respond(const net::HttpRequest& request);
  std::optional<net::HttpResponse> about_server(const net::HttpRequest& request);
  Status open_publisher();
  Status listen_http();

  boost::asio::io_context& io_;
  const config::Settings& settings_;
  observe::Logger logger_;
  server::Server& server_;
  std::string token_;  // for programs; empty: there is none
  Door door_;
  RateLimit rates_;
  ServerBackend backend_;
  api::Router router_;
  std::unique_ptr<monitor::Publisher> publisher_;
  std::optional<MonitorDoor> monitor_door_;
  std::optional<ConduitDoor> conduit_door_;
  std::optional<TlsDoor> tls_;  // of http_
  std::optional<net::HttpServer> http_;
  std::unique_ptr<net::TcpListener> listener_;
  std::uint64_t refusals_ = 0;
};

}  // namespace oriel::web

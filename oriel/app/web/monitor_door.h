#pragma once
// A door for the monitoring stream alone: whatever the path, it is the WebSocket, as the real
// monitoring server has it. And who may have the stream, which holds at /monitor of the page too.

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "oriel/app/config/settings.h"
#include "oriel/app/monitor/publisher.h"
#include "oriel/app/observe/log.h"
#include "oriel/app/web/door.h"
#include "oriel/app/web/tls_door.h"
#include "oriel/io/net/http_server.h"
#include "oriel/io/net/tcp_listener.h"

namespace oriel::web {

// Instead of the stream, for who may not have it: 401, 403 or 429.
std::optional<net::HttpResponse> refuse_monitoring(Door& door, const net::HttpRequest& request,
                                                   TimePoint now);

// What the address of a client says of it: "?dialect=seed" and its log-in.
monitor::ClientIdentity monitoring_client(Door& door, const net::HttpRequest& request,
                                          TimePoint now);

// Lives on the network thread's loop.
class MonitorDoor final : private net::HttpRoutes {
 public:
  // All outlive the door.
  MonitorDoor(boost::asio::any_io_executor executor, const config::Settings& settings,
              observe::Logger logger, Door& door, monitor::Publisher& publisher);

  // Opens monitor.listen, which is set. An error is one sentence for the user, and exit code 2.
  Status listen();
  // "ws://127.0.0.1:8765/"; empty when closed.
  std::string uri() const;
  // Of a certificate of our own the SHA-256, else empty.
  std::string self_signed_fingerprint() const;

 private:
  // net::HttpRoutes
  void handle(net::HttpRequest request, net::HttpAnswer answer) override;
  bool is_websocket_path(std::string_view) const override { return true; }
  net::WebSocketKind websocket_kind(std::string_view) const override {
    return net::WebSocketKind::kLines;
  }
  std::optional<net::HttpResponse> websocket_refusal(const net::HttpRequest& request) override;
  void on_websocket(const net::HttpRequest& request, net::StreamPointer stream) override;
  void refused(const std::string& peer, int status, std::string_view sentence) override;

  boost::asio::any_io_executor executor_;
  const config::Settings& settings_;
  observe::Logger logger_;
  Door& door_;
  monitor::Publisher& publisher_;
  std::optional<TlsDoor> tls_;
  std::optional<net::HttpServer> http_;
  std::unique_ptr<net::TcpListener> listener_;
  std::uint64_t refusals_ = 0;
};

// An address that another program on this machine can use: a listener on all addresses is reached
// at loopback.
std::string reachable_address(std::string_view address);

}  // namespace oriel::web

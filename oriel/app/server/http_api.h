#pragma once
// The paths of the HTTP door: the page, /healthz, /metrics, and /websockify, which is RFB over
// WebSocket.

#include <functional>
#include <string>

#include "oriel/io/net/http_server.h"

namespace oriel::server {

struct Health {
  bool is_well = true;  // 200, else 503
  std::string json;
};

// What the paths need; each is asked when a request comes. Lives on the network thread's loop.
struct HttpSources {
  // There is a password: until it can be given over HTTP, only this machine is told about the
  // server.
  bool is_guarded = false;
  std::function<Health()> health;
  std::function<std::string()> metrics_text;  // null: /metrics is off
  std::function<void(net::StreamPointer)> rfb_over_websocket;
  std::function<void(const std::string& peer, int status, std::string_view sentence)> refused;
};

class HttpApi final : public net::HttpRoutes {
 public:
  explicit HttpApi(HttpSources sources) : sources_(std::move(sources)) {}

  void handle(net::HttpRequest request, net::HttpAnswer answer) override {
    answer(respond(request));
  }
  bool is_websocket_path(std::string_view path) const override { return path == "/websockify"; }
  void on_websocket(const net::HttpRequest& request, net::StreamPointer stream) override;
  void refused(const std::string& peer, int status, std::string_view sentence) override {
    sources_.refused(peer, status, sentence);
  }

 private:
  net::HttpResponse respond(const net::HttpRequest& request) const;

  HttpSources sources_;
};

}  // namespace oriel::server

#pragma once
// What a client meets at Proxmox VE: over HTTPS a ticket for a machine's screen, and behind that
// ticket its VNC server over a WebSocket. The screen is another server's, which the bytes go to.

#include <boost/asio/io_context.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "oriel/io/net/http_server.h"
#include "oriel/io/net/tcp_listener.h"
#include "oriel/io/net/tls_context.h"
#include "oriel/testing/certificates.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::support {

// Has a thread of its own.
class FakeProxmox : public net::HttpRoutes {
 public:
  struct Machine {
    std::string node;
    std::string vmid;
    std::string token;   // "USER@REALM!NAME=SECRET", that may see it
    std::string ticket;  // also the password of the screen
    int vnc_port = 0;    // on this machine
  };
  explicit FakeProxmox(Machine machine);
  ~FakeProxmox() override;

  int port() const { return port_; }
  // Whom to trust; the certificate is for "localhost".
  std::string ca_file() const { return ca_file_; }
  // What was asked, as "POST /path" and "GET /path?query".
  std::vector<std::string> requests() const;

  void handle(net::HttpRequest request, net::HttpAnswer answer) override;
  bool is_websocket_path(std::string_view path) const override;
  std::optional<net::HttpResponse> websocket_refusal(const net::HttpRequest& request) override;
  void on_websocket(const net::HttpRequest& request, net::StreamPointer stream) override;

 private:
  std::string path(std::string_view last) const;
  bool may_see(const net::HttpRequest& request) const;
  void note(const net::HttpRequest& request);

  Machine machine_;
  boost::asio::io_context io_{1};
  testing::TemporaryFolder folder_;
  testing::CertificateAuthority authority_;
  std::string ca_file_;
  std::optional<net::HttpServer> http_;
  std::unique_ptr<net::TcpListener> listener_;
  int port_ = 0;
  mutable std::mutex mutex_;  // guards requests_
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace oriel::support

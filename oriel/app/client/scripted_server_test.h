#pragma once
// A VNC server that does what a test wants, over any carrier, on the test's own loop.

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/client/remote_screen.h"
#include "oriel/io/net/http_server.h"
#include "oriel/io/net/tcp_listener.h"
#include "oriel/io/net/tls_context.h"
#include "oriel/io/net/tls_stream.h"
#include "oriel/testing/certificates.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::client {

// What the server does with a connection that has come about.
using Script = std::function<boost::asio::awaitable<void>(net::Stream& stream)>;

class ScriptedServer : public net::HttpRoutes {
 public:
  enum class Carrier { kTcp, kTls, kWebSocket, kSecureWebSocket };

  explicit ScriptedServer(Carrier carrier, Script script, net::PemPair own = {})
      : carrier_(carrier), script_(std::move(script)) {
    const auto pair = own.certificate.empty()
                          ? authority.issue("localhost", testing::CertificateUse::kServer)
                          : std::move(own);
    net::TlsServerOptions options;
    options.certificate_file = folder.write("cert.pem", pair.certificate);
    options.key_file = folder.write("key.pem", pair.key);
    tls_ = *net::TlsServerContext::open(options, {});
    net::HttpServerConfig config;
    if (carrier == Carrier::kSecureWebSocket) config.tls = tls_;
    http_.emplace(loop.get_executor(), *this, config);
    listener_ =
        *net::TcpListener::listen(loop.get_executor(), {.setting = "--x"},
                                  [this](net::StreamPointer stream) { took(std::move(stream)); });
  }
  ~ScriptedServer() override {
    listener_.reset();
    for (auto& stream : streams_) stream->close();
    http_.reset();
    loop.restart();
    loop.poll();
  }

  void handle(net::HttpRequest, net::HttpAnswer answer) override {
    answer(net::http_sentence(404, "Nothing"));
  }
  bool is_websocket_path(std::string_view path) const override { return path != "/none"; }
  net::WebSocketKind websocket_kind(std::string_view) const override {
    return net::WebSocketKind::kBytes;
  }
  std::optional<net::HttpResponse> websocket_refusal(const net::HttpRequest& asked) override {
    request = asked;
    if (refusal_status == 0) return {};
    return net::http_sentence(refusal_status, "Refused");
  }
  void on_websocket(const net::HttpRequest&, net::StreamPointer stream) override {
    play(std::move(stream));
  }

  std::string target() const {
    const char* scheme = carrier_ == Carrier::kTcp         ? "vnc"
                         : carrier_ == Carrier::kTls       ? "vncs"
                         : carrier_ == Carrier::kWebSocket ? "ws"
                                                           : "wss";
    return std::string(scheme) + "://localhost:" + std::to_string(listener_->port());
  }
  // How to reach it, with trust in it.
  ConnectionOptions options() const {
    ConnectionOptions options{.target = target(), .timeout = std::chrono::seconds(5)};
    options.password = "letmein";
    options.tls.ca_pem = authority.pem();
    options.uses_proxies = false;
    return options;
  }

  template <typename T>
  T run(boost::asio::awaitable<T> work) {
    std::optional<T> result;
    boost::asio::co_spawn(
        loop,
        [](boost::asio::awaitable<T> what, std::optional<T>& to,
           boost::asio::io_context& on) -> boost::asio::awaitable<void> {
          to = co_await std::move(what);
          on.stop();
        }(std::move(work), result, loop),
        boost::asio::detached);
    loop.restart();
    loop.run_for(std::chrono::seconds(10));
    EXPECT_TRUE(result) << "no result within 10 s";
    return std::move(*result);
  }
  void run(boost::asio::awaitable<void> work) {
    run([](boost::asio::awaitable<void> what) -> boost::asio::awaitable<bool> {
      co_await std::move(what);
      co_return true;
    }(std::move(work)));
  }
  bool run_until(const std::function<bool()>& condition) {
    const auto until = Clock::now() + std::chrono::seconds(10);
    loop.restart();
    while (!condition()) {
      if (Clock::now() > until) return false;
      loop.run_one_for(std::chrono::milliseconds(100));
      if (loop.stopped()) loop.restart();
    }
    return true;
  }

  boost::asio::io_context loop{1};
  testing::TemporaryFolder folder;
  testing::CertificateAuthority authority;
  net::HttpRequest request;  // of the last WebSocket
  int refusal_status = 0;
  int connections = 0;
  bool is_silent = false;  // takes connections and says nothing at all

 private:
  void took(net::StreamPointer stream) {
    ++connections;
    if (is_silent) return streams_.push_back(std::move(stream));
    if (carrier_ == Carrier::kTcp) return play(std::move(stream));
    if (carrier_ != Carrier::kTls) return http_->serve(std::move(stream));
    boost::asio::co_spawn(loop, secure(std::move(stream)), boost::asio::detached);
  }
  boost::asio::awaitable<void> secure(net::StreamPointer stream) {
    auto tls = net::make_tls_stream(loop.get_executor(), std::move(stream), tls_->make_engine({}));
    if (!co_await tls->handshake()) co_return;
    play(std::move(tls));
  }
  void play(net::StreamPointer stream) {
    streams_.push_back(std::move(stream));
    boost::asio::co_spawn(loop, script_(*streams_.back()), boost::asio::detached);
  }

  Carrier carrier_;
  Script script_;
  std::shared_ptr<net::TlsServerContext> tls_;
  std::optional<net::HttpServer> http_;
  std::unique_ptr<net::TcpListener> listener_;
  std::vector<net::StreamPointer> streams_;
};

// ---- what scripts are made of

inline boost::asio::awaitable<void> say(net::Stream& stream, Bytes bytes) {
  for (ByteSpan rest = bytes; !rest.empty();) {
    const auto count = co_await stream.write_some({&rest, 1});
    if (!count) co_return;
    rest = rest.subspan(*count);
  }
}

// False when the client has gone.
inline boost::asio::awaitable<bool> hear(net::Stream& stream, std::size_t count) {
  Bytes bytes(count);
  for (std::size_t got = 0; got < count;) {
    const auto more = co_await stream.read_some(std::span(bytes).subspan(got));
    if (!more) co_return false;
    got += *more;
  }
  co_return true;
}

}  // namespace oriel::client

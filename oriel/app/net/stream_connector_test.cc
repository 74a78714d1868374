#include "oriel/app/net/stream_connector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <optional>

#include "oriel/io/net/http_server.h"
#include "oriel/io/net/tcp_listener.h"
#include "oriel/io/net/tls_context.h"
#include "oriel/io/net/tls_stream.h"
#include "oriel/io/net/unix_listener.h"
#include "oriel/testing/certificates.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::net {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;
using oriel::testing::CertificateAuthority;
using oriel::testing::CertificateUse;
using ::testing::HasSubstr;
using ::testing::Not;
using Connected = std::expected<StreamPointer, ConnectError>;

// All doors of a server: TCP, TLS for localhost, a Unix socket, and WebSockets. Whoever comes in is
// greeted with the name of the door.
class Site : public HttpRoutes {
 public:
  explicit Site(TlsClientCheck check = TlsClientCheck::kNone)
      : http_(loop.get_executor(), *this, {}) {
    ca_file = folder.write("ca.pem", authority.pem());
    const auto pair = authority.issue("localhost", CertificateUse::kServer);
    TlsServerOptions options;
    options.certificate_file = folder.write("cert.pem", pair.certificate);
    options.key_file = folder.write("key.pem", pair.key);
    options.client_check = check;
    options.client_ca_file = ca_file;
    context_ = *TlsServerContext::open(options, {});
    tcp_ = listen([this](StreamPointer stream) { greet(std::move(stream), "tcp door"); });
    tls_ = listen([this](StreamPointer stream) {
      if (is_silent) return streams_.push_back(std::move(stream));
      boost::asio::co_spawn(loop, secure(std::move(stream)), boost::asio::detached);
    });
    web_ = listen([this](StreamPointer stream) { http_.serve(std::move(stream)); });
    unix_ = *UnixListener::listen(
        loop.get_executor(), {.path = path()},
        [this](StreamPointer stream) { greet(std::move(stream), "unix door"); });
  }
  ~Site() {
    for (auto& stream : streams_) stream->close();
    loop.restart();
    loop.poll();
  }

  void handle(HttpRequest, HttpAnswer answer) override { answer(http_sentence(404, "Nothing")); }
  bool is_websocket_path(std::string_view path) const override { return path == "/conduit"; }
  WebSocketKind websocket_kind(std::string_view) const override { return WebSocketKind::kBytes; }
  void on_websocket(const HttpRequest& request, StreamPointer stream) override {
    has_authorization = request.find("Authorization") != nullptr;
    greet(std::move(stream), "websocket door");
  }

  std::string path() const { return folder.path("door"); }
  std::string tcp() const { return "127.0.0.1:" + std::to_string(tcp_->port()); }
  std::string tls() const { return "tls://localhost:" + std::to_string(tls_->port()); }
  std::string web() const { return "ws://u:secret@127.0.0.1:" + std::to_string(web_->port()); }

  Connected connect(const std::string& target, StreamConnectOptions options = {}) {
    return run(connector.connect(*parse_stream_target(target), std::move(options)));
  }
  std::string greeting(Stream& stream) {
    std::array<std::uint8_t, 100> into;
    const auto count = run(stream.read_some(into));
    return count ? std::string(as_text(std::span(into).first(*count))) : count.error().message;
  }
  template <typename T>
  T run(awaitable<T> work) {
    std::optional<T> result;
    boost::asio::co_spawn(
        loop,
        [](awaitable<T> what, std::optional<T>& to,
           boost::asio::io_context& on) -> awaitable<void> {
          to = co_await std::move(what);
          on.stop();
        }(std::move(work), result, loop),
        boost::asio::detached);
    loop.restart();
    loop.run_for(10s);
    EXPECT_TRUE(result) << "no result within 10 s";
    return std::move(*result);
  }

  boost::asio::io_context loop{1};
  oriel::testing::TemporaryFolder folder;
  CertificateAuthority authority;
  std::string ca_file;
  bool is_silent = false;  // the TLS door takes connections and says nothing
  bool has_authorization = false;
  std::string client_name;  // of the last TLS handshake
  StreamConnector connector{loop.get_executor()};

 private:
  std::unique_ptr<TcpListener> listen(TcpListener::OnConnection on_connection) {
    return *TcpListener::listen(loop.get_executor(), {.setting = "--x"}, std::move(on_connection));
  }
  void greet(StreamPointer stream, std::string_view name) {
    streams_.push_back(std::move(stream));
    boost::asio::co_spawn(
        loop,
        [](Stream& to, ByteSpan text) -> awaitable<void> {
          (void)co_await to.write_some({&text, 1});
        }(*streams_.back(), as_bytes(name)),
        boost::asio::detached);
  }
  awaitable<void> secure(StreamPointer stream) {
    auto tls = make_tls_stream(loop.get_executor(), std::move(stream), context_->make_engine({}));
    if (!co_await tls->handshake()) co_return;
    client_name = tls->peer_common_name();
    greet(std::move(tls), "tls door");
  }

  std::unique_ptr<TlsServerContext> context_;
  HttpServer http_;
  std::unique_ptr<TcpListener> tcp_, tls_, web_;
  std::unique_ptr<UnixListener> unix_;
  std::vector<StreamPointer> streams_;
};

TEST(StreamConnector, ReachesEveryKindOfTarget) {
  Site site;
  StreamConnectOptions options;
  options.tls.ca_file = site.ca_file;
  const auto greeting_at = [&](const std::string& target) {
    const auto stream = site.connect(target, options);
    EXPECT_TRUE(stream) << stream.error().message;
    EXPECT_TRUE((*stream)->is_private());
    return site.greeting(**stream);
  };
  EXPECT_EQ(greeting_at(site.tcp()), "tcp door");
  EXPECT_EQ(greeting_at(site.tls()), "tls door");
  EXPECT_EQ(greeting_at("unix:" + site.path()), "unix door");
  EXPECT_EQ(greeting_at(site.web()), "websocket door");
  EXPECT_FALSE(site.has_authorization) << "user and password are for the stream's own protocol";
}

TEST(StreamConnector, SendsItsCertificateToAServerThatAsks) {
  Site site(TlsClientCheck::kRequired);
  const auto pair = site.authority.issue("robot", CertificateUse::kClient);
  StreamConnectOptions options;
  options.tls = {.ca_file = site.ca_file,
                 .verify = true,
                 .certificate_file = site.folder.write("client.pem", pair.certificate),
                 .key_file = site.folder.write("client.key", pair.key)};
  const auto stream = site.connect(site.tls(), options);
  ASSERT_TRUE(stream) << stream.error().message;
  EXPECT_EQ(site.greeting(**stream), "tls door");
  EXPECT_EQ(site.client_name, "robot");
  EXPECT_EQ((*stream)->peer_common_name(), "localhost");

  options.tls.certificate_file = options.tls.key_file = "";
  const auto without = site.connect(site.tls(), options);
  ASSERT_TRUE(without) << "TLS 1.3 tells it in the first read";
  EXPECT_THAT(site.greeting(**without), HasSubstr("asks for a certificate of ours"));
}

TEST(StreamConnector, VerifiesTheServerUnlessToldNotTo) {
  Site site;
  const auto by_system = site.connect(site.tls());
  ASSERT_FALSE(by_system);
  EXPECT_EQ(by_system.error().failure, ConnectFailure::kCertificate);
  EXPECT_THAT(by_system.error().message, HasSubstr(site.tls()));

  StreamConnectOptions options;
  options.tls.verify = false;
  const auto anyone = site.connect(site.tls(), options);
  ASSERT_TRUE(anyone) << anyone.error().message;
  EXPECT_EQ((*anyone)->peer_common_name(), "");
}

TEST(StreamConnector, SaysWhyItCannotConnect) {
  Site site;
  const auto failure_at = [&](const std::string& target, StreamConnectOptions options = {}) {
    const auto stream = site.connect(target, options);
    EXPECT_FALSE(stream);
    EXPECT_THAT(stream.error().message, Not(HasSubstr("secret")));
    return stream.error().failure;
  };
  EXPECT_EQ(failure_at("tcp://:secret@127.0.0.1:1"), ConnectFailure::kUnreachable);
  EXPECT_EQ(failure_at("tcp://nobody.invalid"), ConnectFailure::kUnreachable);
  EXPECT_EQ(failure_at("unix:" + site.folder.path("none")), ConnectFailure::kUnreachable);
  EXPECT_EQ(failure_at("tls://:secret@" + site.tcp()), ConnectFailure::kProtocol);
  EXPECT_EQ(failure_at(site.web() + "/elsewhere"), ConnectFailure::kRefused);
  StreamConnectOptions options;
  options.tls.certificate_file = "/none.pem";
  EXPECT_EQ(failure_at(site.tls(), options), ConnectFailure::kOptions);
  EXPECT_EQ(failure_at(site.web(), options), ConnectFailure::kOptions);
  site.is_silent = true;
  EXPECT_EQ(failure_at(site.tls(), {.timeout = 30ms}), ConnectFailure::kTimeout);
}

TEST(StreamConnector, IsCancelledWhileItWaits) {
  Site site;
  site.is_silent = true;
  boost::asio::post(site.loop,
                    [&] { boost::asio::post(site.loop, [&] { site.connector.cancel(); }); });
  const auto stream = site.connect(site.tls());
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().failure, ConnectFailure::kCancelled);
}

}  // namespace
}  // namespace oriel::net

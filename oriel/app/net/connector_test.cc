#include "oriel/app/net/connector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>

#include "oriel/io/net/http_server.h"
#include "oriel/io/net/tcp_listener.h"
#include "oriel/io/net/tls_certificate.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::net {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;
using ::testing::HasSubstr;
using Connected = std::expected<StreamPointer, ConnectError>;

class Routes : public HttpRoutes {
 public:
  void handle(HttpRequest asked, HttpAnswer answer) override {
    answer(asked.path == "/" ? http_sentence(200, "A page")
                             : http_sentence(404, "There is nothing at this address"));
  }
  bool is_websocket_path(std::string_view path) const override {
    return path != "/none" && !(has_page && path == "/");
  }
  WebSocketKind websocket_kind(std::string_view) const override { return WebSocketKind::kLines; }
  std::optional<HttpResponse> websocket_refusal(const HttpRequest& asked) override {
    if (asked.path != "/locked") return {};
    auto response = http_sentence(401, "Log in first");
    response.fields = {{"WWW-Authenticate", "Basic realm=\"x\""}};
    return response;
  }
  void on_websocket(const HttpRequest& asked, StreamPointer opened) override {
    request = asked;
    stream = std::move(opened);
  }

  HttpRequest request;
  bool has_page = false;
  StreamPointer stream;
};

// A server on a free port of this machine. With a certificate for `name` it speaks TLS too.
struct Site {
  explicit Site(const std::string& name = "") {
    if (!name.empty()) use_certificate(name);
    HttpServerConfig config;
    config.tls = tls;
    server.emplace(loop.get_executor(), routes, config);
    listener = *TcpListener::listen(loop.get_executor(), {.setting = "--x"},
                                    [this](StreamPointer stream) { took(std::move(stream)); });
  }
  ~Site() {
    if (routes.stream) routes.stream->close();
    server.reset();
    held.clear();
    listener.reset();
    loop.restart();
    loop.poll();
  }

  void use_certificate(const std::string& name) {
    const auto pem = *make_self_signed({name}, std::chrono::system_clock::now());
    ca_file = folder.write("cert.pem", pem.certificate);
    tls = *TlsServerContext::open({ca_file, folder.write("key.pem", pem.key), "", nullptr}, {});
  }
  void took(StreamPointer stream) {
    if (!is_silent) return server->serve(std::move(stream));
    held.push_back(std::move(stream));
    if (on_connection) on_connection();
  }

  std::string uri(const std::string& scheme = "ws", const std::string& host = "127.0.0.1",
                  const std::string& path = "/") const {
    return scheme + "://" + host + ":" + std::to_string(listener->port()) + path;
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
  Connected connect(ConnectOptions options) { return run(connector.connect(std::move(options))); }

  boost::asio::io_context loop{1};
  oriel::testing::TemporaryFolder folder;
  std::shared_ptr<TlsServerContext> tls;
  std::string ca_file;
  Routes routes;
  std::optional<HttpServer> server;
  std::unique_ptr<TcpListener> listener;
  bool is_silent = false;  // takes connections and says nothing
  std::vector<StreamPointer> held;
  std::function<void()> on_connection;
  Connector connector{loop.get_executor()};
};

Error failure_to_read(Site& site, Stream& stream) {
  std::array<std::uint8_t, 100> into;
  auto count = site.run(stream.read_some(into));
  EXPECT_FALSE(count);
  return count ? Error{} : count.error();
}

std::string read_line(Site& site, Stream& stream) {
  std::string line;
  std::array<std::uint8_t, 100> into;
  while (!line.ends_with('\n')) {
    const auto count = site.run(stream.read_some(into));
    if (!count) return line + "(" + count.error().message + ")";
    line += as_text(std::span(into).first(*count));
  }
  return line;
}

void write(Site& site, Stream& stream, std::string_view text) {
  const auto piece = as_bytes(text);
  EXPECT_TRUE(site.run(stream.write_some({&piece, 1})));
}

TEST(Connector, CarriesLinesBothWays) {
  Site site;
  const auto stream = site.connect({.uri = site.uri()});
  ASSERT_TRUE(stream) << stream.error().message;
  write(site, **stream, "{\"type\": \"ping\"}\n");
  EXPECT_EQ(read_line(site, *site.routes.stream), "{\"type\": \"ping\"}\n");
  write(site, *site.routes.stream, "{\"type\": \"pong\"}\n");
  EXPECT_EQ(read_line(site, **stream), "{\"type\": \"pong\"}\n");
  EXPECT_THAT((*stream)->peer(), HasSubstr("127.0.0.1:"));
}

// The name has an IPv6 address on some machines, where nobody listens: the next one is tried.
TEST(Connector, LooksUpNames) {
  Site site;
  const auto stream = site.connect({.uri = site.uri("ws", "localhost")});
  EXPECT_TRUE(stream) << stream.error().message;
}

TEST(Connector, SendsHeadersAndTheUserOfTheUri) {
  Site site;
  ConnectOptions options{.uri = site.uri("ws", "me:pass@127.0.0.1", "/a?b=c")};
  options.headers = {{"X-Team", "blue"}};
  ASSERT_TRUE(site.connect(options));
  EXPECT_EQ(*site.routes.request.find("Authorization"), basic_authorization("me", "pass"));
  EXPECT_EQ(*site.routes.request.find("X-Team"), "blue");
  EXPECT_EQ(site.routes.request.path + "?" + site.routes.request.query, "/a?b=c");
  EXPECT_EQ(site.routes.request.find("Sec-WebSocket-Extensions"), nullptr);

  options.headers = {{"authorization", "Bearer x"}};
  ASSERT_TRUE(site.connect(options));
  EXPECT_EQ(*site.routes.request.find("Authorization"), "Bearer x");
}

TEST(Connector, TellsTheStatusAndSentenceOfARefusal) {
  Site site;
  const auto locked = site.connect({.uri = site.uri("ws", "u:secret@127.0.0.1", "/locked")});
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().failure, ConnectFailure::kDenied);
  EXPECT_EQ(locked.error().status, 401);
  EXPECT_THAT(locked.error().message, HasSubstr("/locked: the server answers 401 Unauthorized and "
                                                "opens no WebSocket: Log in first"));
  EXPECT_THAT(locked.error().message, ::testing::Not(HasSubstr("secret")));
  const auto none = site.connect({.uri = site.uri("ws", "127.0.0.1", "/none")});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().failure, ConnectFailure::kRefused);
  EXPECT_EQ(none.error().status, 404);
}

TEST(Connector, NamesTheStreamsPathWhereAPageIs) {
  Site site;
  site.routes.has_page = true;
  const auto page = site.connect({.uri = site.uri("ws", "127.0.0.1", "/")});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().status, 200);
  EXPECT_THAT(page.error().message, HasSubstr("figures are at /monitor and VNC is at /websockify"));
  const auto none = site.connect({.uri = site.uri("ws", "127.0.0.1", "/none")});
  EXPECT_THAT(none.error().message, ::testing::Not(HasSubstr("/monitor")));
}

TEST(Connector, SaysThatNobodyListens) {
  Site site;
  const auto uri = site.uri();
  site.listener.reset();
  const auto stream = site.connect({.uri = uri});
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().failure, ConnectFailure::kUnreachable);
  EXPECT_THAT(stream.error().message, HasSubstr("Connection refused"));
}

TEST(Connector, SaysThatANameDoesNotExist) {
  Site site;
  const auto stream = site.connect({.uri = "ws://nobody.invalid"});
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().failure, ConnectFailure::kUnreachable) << stream.error().message;
  EXPECT_THAT(stream.error().message, HasSubstr("nobody.invalid"));
}

TEST(Connector, LeavesALookupBehindWhenItsLoopEnds) {
  boost::asio::io_context loop(1);
  Connector connector(loop.get_executor());
  ConnectOptions options{.uri = "ws://nobody.invalid"};
  boost::asio::co_spawn(loop, connector.connect(options), boost::asio::detached);
  loop.poll();
}

TEST(Connector, GivesUpASilentServerAtTheTimeOut) {
  Site site;
  site.is_silent = true;
  for (const auto* scheme : {"ws", "wss"}) {
    const auto stream = site.connect({.uri = site.uri(scheme), .timeout = 30ms});
    ASSERT_FALSE(stream);
    EXPECT_EQ(stream.error().failure, ConnectFailure::kTimeout) << stream.error().message;
  }
}

TEST(Connector, IsCancelledWhileItWaits) {
  Site site;
  site.is_silent = true;
  site.on_connection = [&] { site.connector.cancel(); };
  for (const auto* scheme : {"ws", "wss"}) {
    const auto stream = site.connect({.uri = site.uri(scheme)});
    ASSERT_FALSE(stream);
    EXPECT_EQ(stream.error().failure, ConnectFailure::kCancelled) << stream.error().message;
  }
  boost::asio::post(site.loop, [&] { site.connector.cancel(); });
  const auto stream = site.connect({.uri = "ws://192.0.2.1:9"});
  EXPECT_FALSE(stream);
}

TEST(Connector, NamesAPeerThatSpeaksSomethingElse) {
  Site site;
  site.is_silent = true;
  site.on_connection = [&] {
    const auto greeting = as_bytes("RFB 003.008\n or more than that\r\n\r\n");
    EXPECT_TRUE(site.held.back()->try_write({&greeting, 1}));
  };
  for (const auto* scheme : {"ws", "wss"}) {
    const auto stream = site.connect({.uri = site.uri(scheme)});
    ASSERT_FALSE(stream);
    EXPECT_EQ(stream.error().failure, ConnectFailure::kProtocol) << stream.error().message;
  }
}

TEST(Connector, TrustsTheGivenCertificateForItsNameOnly) {
  Site site("localhost");
  ConnectOptions options{.uri = site.uri("wss", "localhost"), .ca_file = site.ca_file};
  const auto trusted = site.connect(options);
  EXPECT_TRUE(trusted) << trusted.error().message;

  options.uri = site.uri("wss", "127.0.0.1");
  const auto other_name = site.connect(options);
  ASSERT_FALSE(other_name);
  EXPECT_EQ(other_name.error().failure, ConnectFailure::kCertificate) << other_name.error().message;

  options.verify = false;
  EXPECT_TRUE(site.connect(options));
}

TEST(Connector, RefusesACertificateThatNobodyVouchesFor) {
  Site site("localhost");
  const auto by_system = site.connect({.uri = site.uri("wss", "localhost")});
  ASSERT_FALSE(by_system);
  EXPECT_EQ(by_system.error().failure, ConnectFailure::kCertificate) << by_system.error().message;

  Site other("localhost");
  const auto by_another =
      site.connect({.uri = site.uri("wss", "localhost"), .ca_file = other.ca_file});
  ASSERT_FALSE(by_another);
  EXPECT_EQ(by_another.error().failure, ConnectFailure::kCertificate);
}

TEST(Connector, RefusesOptionsThatCannotWork) {
  Site site;
  const auto failure_with = [&](auto change) {
    ConnectOptions options{.uri = site.uri()};
    change(options);
    const auto stream = site.connect(options);
    EXPECT_FALSE(stream);
    return stream ? ConnectFailure::kCancelled : stream.error().failure;
  };
  using Options = ConnectOptions;
  EXPECT_EQ(failure_with([](Options& o) { o.uri = "http://x"; }), ConnectFailure::kOptions);
  EXPECT_EQ(failure_with([](Options& o) { o.ca_file = "/nothing.pem"; }), ConnectFailure::kOptions);
  const auto with_header = [&](const char* name, const char* value) {
    return failure_with([&](Options& o) { o.headers = {{name, value}}; });
  };
  EXPECT_EQ(with_header("X-A", "b\r\nX-B: c"), ConnectFailure::kOptions);
  EXPECT_EQ(with_header("X A", "b"), ConnectFailure::kOptions);
  EXPECT_EQ(with_header("host", "b"), ConnectFailure::kOptions);
}

TEST(Connector, KeepsAConnectionWhoseServerAnswersPings) {
  Site site;
  const auto stream =
      site.connect({.uri = site.uri(), .ping_interval = 5ms, .ping_timeout = 2000ms});
  ASSERT_TRUE(stream);
  std::array<std::uint8_t, 100> into;
  boost::asio::co_spawn(
      site.loop, [&]() -> awaitable<void> { (void)co_await site.routes.stream->read_some(into); },
      boost::asio::detached);
  boost::asio::steady_timer later(site.loop, 60ms);
  later.async_wait([&](boost::system::error_code) {
    boost::asio::co_spawn(
        site.loop,
        [&]() -> awaitable<void> {
          const auto line = as_bytes("{}\n");
          (void)co_await site.routes.stream->write_some({&line, 1});
        },
        boost::asio::detached);
  });
  EXPECT_EQ(read_line(site, **stream), "{}\n");
}

TEST(Connector, TellsWithWhatTheServerClosed) {
  Site site;
  const auto stream = site.connect({.uri = site.uri()});
  ASSERT_TRUE(stream);
  site.routes.stream->set_close_reason("Server at capacity", Farewell::kPolicy);
  boost::asio::co_spawn(
      site.loop, [&] { return site.routes.stream->shutdown_send(); }, boost::asio::detached);
  const auto error = failure_to_read(site, **stream);
  EXPECT_EQ(error.code, ErrorCode::kClosed);
  EXPECT_EQ(error.message, "the peer closed the WebSocket with 1008: Server at capacity");
}

// The server's end reads nothing, so that it answers no ping.
TEST(Connector, EndsAConnectionWhoseServerAnswersNoPing) {
  Site site;
  const auto stream = site.connect({.uri = site.uri(), .ping_interval = 5ms, .ping_timeout = 20ms});
  ASSERT_TRUE(stream);
  const auto error = failure_to_read(site, **stream);
  EXPECT_EQ(error.code, ErrorCode::kTimeout) << error.message;
}

}  // namespace
}  // namespace oriel::net

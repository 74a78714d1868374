// The HTTP server where TLS is wanted: both languages on one port.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "oriel/io/net/http_server.h"
#include "oriel/io/net/memory_stream.h"
#include "oriel/io/net/tls_stream.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::net {
namespace {

using boost::asio::awaitable;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class Routes : public HttpRoutes {
 public:
  void handle(HttpRequest request, HttpAnswer answer) override {
    requests.push_back(std::move(request));
    answer(http_body(200, "text/plain", "hello"));
  }
  bool is_websocket_path(std::string_view path) const override { return path == "/ws"; }
  void on_websocket(const HttpRequest&, StreamPointer stream) override {
    websocket = std::move(stream);
  }
  void refused(const std::string&, int status, std::string_view sentence) override {
    refusals.push_back(std::to_string(status) + " " + std::string(sentence));
  }

  std::vector<HttpRequest> requests;
  std::vector<std::string> refusals;
  StreamPointer websocket;
};

// The other end of a connection, plain or with TLS.
struct Client {
  boost::asio::io_context& loop;
  StreamPointer stream;

  void settle() {
    loop.restart();
    loop.poll();
  }
  std::string ask(std::string_view text) {
    auto piece = as_bytes(text);
    EXPECT_TRUE(stream->try_write({&piece, 1}));
    return received();
  }
  std::string received() {
    std::string all;
    std::array<std::uint8_t, 4096> buffer;
    for (;;) {
      settle();
      const auto count = stream->try_read(buffer);
      if (!count || *count == 0) return all;
      all.append(as_text(std::span(buffer).first(*count)));
    }
  }
  bool is_closed() {
    settle();
    std::array<std::uint8_t, 1> byte;
    return !stream->try_read(byte).has_value();
  }
};

struct Site {
  explicit Site(HttpLimits limits = {}, bool is_strict_transport = false) {
    const auto pem = *make_self_signed({"localhost"}, std::chrono::system_clock::now());
    const oriel::testing::TemporaryFolder folder;
    tls = *TlsServerContext::open({folder.write("cert.pem", pem.certificate),
                                   folder.write("key.pem", pem.key), "http/1.1", nullptr},
                                  Clock::now());
    trust = *TlsClientContext::make({.anchors_pem = pem.certificate});
    server.emplace(loop.get_executor(), routes,
                   HttpServerConfig{.hosts = {.allowed_hosts = {"desk.example.org"}},
                                    .limits = limits,
                                    .tls = tls,
                                    .is_strict_transport = is_strict_transport});
  }
  ~Site() {
    server.reset();
    loop.restart();
    loop.poll();
  }
  Client connect() {
    auto [ours, theirs] = make_memory_streams(loop.get_executor());
    server->serve(std::move(ours));
    return {loop, std::move(theirs)};
  }
  // With the handshake done.
  Client connect_securely() {
    auto plain = connect();
    auto stream = make_tls_stream(loop.get_executor(), std::move(plain.stream),
                                  *trust->make_engine("localhost"));
    std::optional<Status> status;
    boost::asio::co_spawn(
        loop, [&]() -> awaitable<void> { status = co_await stream->handshake(); },
        boost::asio::detached);
    loop.restart();
    loop.poll();
    EXPECT_TRUE(status && *status);
    return {loop, std::move(stream)};
  }

  boost::asio::io_context loop{1};
  Routes routes;
  std::shared_ptr<TlsServerContext> tls;
  std::unique_ptr<TlsClientContext> trust;
  std::optional<HttpServer> server;
};

std::string get(std::string_view path, std::string_view more = "",
                std::string_view host = "localhost:6080") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n" +
         std::string(more) + "\r\n";
}

constexpr std::string_view kUpgrade =
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

TEST(HttpTls, AnswersOverTlsAgainAndAgainAndSaysSoToTheApplication) {
  Site site;
  auto client = site.connect_securely();
  for (int i = 0; i < 3; ++i)
    EXPECT_THAT(client.ask(get("/")),
                AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\n\r\nhello")));
  ASSERT_EQ(site.routes.requests.size(), 3u);
  EXPECT_TRUE(site.routes.requests[0].is_secure);
}

TEST(HttpTls, SendsPlainRequestsToTheSamePlaceWithTls) {
  Site site;
  auto client = site.connect();
  EXPECT_THAT(client.ask(get("/a%20b?c=d&e", "", "desk.example.org:6080")),
              AllOf(StartsWith("HTTP/1.1 308 Permanent Redirect\r\n"),
                    HasSubstr("\r\nLocation: https://desk.example.org:6080/a%20b?c=d&e\r\n"),
                    HasSubstr("\r\nConnection: close\r\n")));
  EXPECT_TRUE(client.is_closed());
  EXPECT_THAT(site.routes.requests, IsEmpty());
}

TEST(HttpTls, ChecksTheHostBeforeItSendsAnybodyThere) {
  Site site;
  EXPECT_THAT(site.connect().ask(get("/", "", "evil.example")),
              AllOf(StartsWith("HTTP/1.1 403 "), Not(HasSubstr("Location"))));
}

TEST(HttpTls, RefusesAPlainWebSocketAndTakesOneOverTls) {
  Site site;
  EXPECT_THAT(site.connect().ask(get("/ws", kUpgrade)),
              AllOf(StartsWith("HTTP/1.1 403 "), HasSubstr("connect to wss://")));
  EXPECT_FALSE(site.routes.websocket);
  EXPECT_THAT(site.routes.refusals, ElementsAre(HasSubstr("403 This server wants TLS")));
  auto client = site.connect_securely();
  EXPECT_THAT(client.ask(get("/ws", kUpgrade)), StartsWith("HTTP/1.1 101 "));
  ASSERT_TRUE(site.routes.websocket);
  const auto words = as_bytes("words");
  boost::asio::co_spawn(
      site.loop,
      [&]() -> awaitable<void> { (void)co_await site.routes.websocket->write_some({&words, 1}); },
      boost::asio::detached);
  EXPECT_EQ(client.received(), "\x82\x05words");
  site.routes.websocket->close();
  client.settle();
}

TEST(HttpTls, RefusesPagesThatCameWithoutTls) {
  Site site;
  auto client = site.connect_securely();
  EXPECT_THAT(client.ask(get("/", "Origin: https://localhost:6080\r\n")),
              StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(client.ask(get("/", "Origin: http://localhost:6080\r\n")),
              AllOf(StartsWith("HTTP/1.1 403 "), HasSubstr("came without TLS")));
}

TEST(HttpTls, TellsBrowsersToStayWithTlsWhenAskedAndNeverUnderALoopbackName) {
  const auto strict = HasSubstr("\r\nStrict-Transport-Security: max-age=31536000\r\n");
  const auto desk = get("/", "", "desk.example.org");
  Site site({}, true), other({}, false);
  EXPECT_THAT(site.connect_securely().ask(desk), strict);
  EXPECT_THAT(site.connect_securely().ask(get("/")), Not(strict));
  EXPECT_THAT(site.connect().ask(desk), Not(strict));
  EXPECT_THAT(other.connect_securely().ask(desk), Not(strict));
}

TEST(HttpTls, EndsWhoSaysNothingOrOnlyHalfAHello) {
  using namespace std::string_view_literals;
  for (auto said : {""sv, "\x16"sv, "\x16\x03\x01\x02\x00\x01"sv, "GET / HT"sv}) {
    Site site({.request_timeout = milliseconds(1), .linger_timeout = milliseconds(1)});
    auto client = site.connect();
    const auto piece = as_bytes(said);
    ASSERT_TRUE(client.stream->try_write({&piece, 1}));
    while (site.server->connections() > 0) {
      site.loop.restart();
      site.loop.run_one();
    }
    (void)client.received();
    EXPECT_TRUE(client.is_closed());
  }
}

TEST(HttpTls, AHandshakeThatStallsYieldsItsPlaceToANewConnection) {
  Site site({.connections = 2});
  auto silent = site.connect();
  auto stalled = site.connect();
  const auto half_a_hello = as_bytes("\x16\x03\x01\x02");
  ASSERT_TRUE(stalled.stream->try_write({&half_a_hello, 1}));
  stalled.settle();
  auto first = site.connect_securely();
  EXPECT_TRUE(silent.is_closed());
  auto second = site.connect_securely();
  EXPECT_TRUE(stalled.is_closed());
  EXPECT_THAT(second.ask(get("/")), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(site.server->connections(), 2u);
}

TEST(HttpTls, LogsAHandshakeThatFails) {
  Site site;
  using namespace std::string_view_literals;
  (void)site.connect().ask("\x16\x03\x01\x00\x05hello"sv);
  EXPECT_THAT(site.routes.refusals, ElementsAre(StartsWith("0 the peer does not speak the TLS")));
}

}  // namespace
}  // namespace oriel::net

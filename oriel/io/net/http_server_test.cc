#include "oriel/io/net/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <optional>

#include "oriel/io/net/http_body_stream.h"
#include "oriel/io/net/memory_stream.h"
#include "oriel/io/net/session_driver.h"
#include "oriel/io/net/tcp_listener.h"
#include "oriel/io/net/tcp_stream.h"

namespace oriel::net {
namespace {

using boost::asio::awaitable;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Routes : public HttpRoutes {
 public:
  void handle(HttpRequest request, HttpAnswer answer) override {
    if (request.path == "/later") return later.push_back(std::move(answer));
    answer(handle_now(request));
  }
  HttpResponse handle_now(const HttpRequest& request) {
    ++handled;
    if (request.path == "/events") {
      HttpResponse response;
      response.content_type = "text/event-stream";
      response.stream = events;
      return response;
    }
    if (request.path == "/big") {
      return http_body(200, "application/octet-stream", std::string(3'000'000, 'x'));
    }
    if (request.path == "/echo") return http_body(200, "text/plain", request.body);
    if (request.path != "/") return http_sentence(404, "There is nothing at this address");
    return http_body(200, "text/html; charset=utf-8", "<p>hello");
  }
  bool is_websocket_path(std::string_view path) const override { return path == "/ws"; }
  WebSocketKind websocket_kind(std::string_view) const override { return kind; }
  std::optional<HttpResponse> websocket_refusal(const HttpRequest& request) override {
    if (request.find("X-Stranger") == nullptr) return {};
    return http_sentence(401, "Log in first");
  }
  void on_websocket(const HttpRequest&, StreamPointer stream) override {
    websocket = std::move(stream);
  }

  int handled = 0;
  WebSocketKind kind = WebSocketKind::kBytes;
  StreamPointer websocket;
  std::vector<HttpAnswer> later;
  std::shared_ptr<HttpBodyStream> events;
};

// The other end of a connection, driven by hand.
struct Client {
  boost::asio::io_context& loop;
  StreamPointer stream;

  void settle() {
    loop.restart();
    loop.poll();
  }
  void send(std::string_view text) {
    while (!text.empty()) {
      auto piece = as_bytes(text);
      auto count = stream->try_write({&piece, 1});
      if (!count || *count == 0) return;  // the server does not read it
      text.remove_prefix(*count);
      settle();
    }
  }
  std::string received() {
    std::string all;
    std::array<std::uint8_t, 4096> buffer;
    for (;;) {
      settle();
      auto count = stream->try_read(buffer);
      if (!count || *count == 0) return all;
      all.append(as_text(std::span(buffer).first(*count)));
    }
  }
  std::string ask(std::string_view text) {
    send(text);
    return received();
  }
  bool is_closed() {
    settle();
    std::array<std::uint8_t, 1> byte;
    return !stream->try_read(byte).has_value();
  }
  // Runs until the server has ended the connection.
  void wait_for_the_end() {
    std::string dropped;
    for (std::array<std::uint8_t, 4096> buffer; stream->try_read(buffer).has_value();) {
      loop.restart();
      loop.run_one();
    }
  }
};

struct Site {
  explicit Site(HttpLimits limits = {}, WebSocketLimits websocket = {}) {
    server.emplace(loop.get_executor(), routes,
                   HttpServerConfig{.limits = limits, .websocket = websocket});
  }
  ~Site() {
    server.reset();
    loop.restart();
    loop.poll();
  }
  Client connect(std::size_t capacity = 64 * 1024) {
    auto [ours, theirs] = make_memory_streams(loop.get_executor(), capacity);
    server->serve(std::move(ours));
    return {loop, std::move(theirs)};
  }

  boost::asio::io_context loop{1};
  Routes routes;
  std::optional<HttpServer> server;
};

std::string get(std::string_view path, std::string_view more = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost:6080\r\n" + std::string(more) +
         "\r\n";
}

std::string handshake(std::string_view more = "") {
  return get("/ws",
             "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
             "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                 std::string(more));
}

// A masked frame of a client.
std::string frame(int opcode, std::string_view payload, bool is_final = true) {
  std::string result(1, static_cast<char>((is_final ? 0x80 : 0) | opcode));
  if (payload.size() < 126) {
    result += static_cast<char>(0x80 | payload.size());
  } else if (payload.size() < 65536) {
    result += static_cast<char>(0x80 | 126);
    for (int shift : {8, 0}) result += static_cast<char>(payload.size() >> shift);
  } else {
    result += static_cast<char>(0x80 | 127);
    for (int shift : {56, 48, 40, 32, 24, 16, 8, 0}) {
      result += static_cast<char>(std::uint64_t{payload.size()} >> shift);
    }
  }
  const std::string mask = "\x11\x22\x33\x44";
  result += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    result += static_cast<char>(payload[i] ^ mask[i % 4]);
  }
  return result;
}

std::string close_frame(int code) {
  return {static_cast<char>(0x88), 2, static_cast<char>(code >> 8), static_cast<char>(code)};
}

// ---- HTTP -------------------------------------------------------------------------------------

TEST(HttpServer, AnswersWithSecurityHeadersAndKeepsTheConnection) {
  Site site;
  auto client = site.connect();
  for (int i = 0; i < 3; ++i) {
    auto answer = client.ask(get("/"));
    EXPECT_THAT(
        answer,
        AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
              HasSubstr("Content-Type: text/html; charset=utf-8\r\n"),
              HasSubstr("Content-Length: 8\r\n"), HasSubstr("X-Content-Type-Options: nosniff\r\n"),
              HasSubstr("X-Frame-Options: DENY\r\n"), HasSubstr("Referrer-Policy: no-referrer\r\n"),
              HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self'"),
              EndsWith("\r\n\r\n<p>hello")));
  }
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  Site site;
  auto client = site.connect();
  auto answer = client.ask(get("/") + get("/none") + get("/"));
  auto first = answer.find("200 OK");
  auto second = answer.find("404 Not Found");
  auto third = answer.rfind("200 OK");
  EXPECT_TRUE(first < second && second < third && third != std::string::npos) << answer;
}

TEST(HttpServer, SendsTheHeadAloneForHead) {
  Site site;
  auto answer = site.connect().ask("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(answer, AllOf(HasSubstr("Content-Length: 8\r\n"), EndsWith("\r\n\r\n")));
}

TEST(HttpServer, ClosesWhenTheClientWantsThat) {
  Site site;
  for (std::string request : {get("/", "Connection: close\r\n"),
                              std::string("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")}) {
    auto client = site.connect();
    EXPECT_THAT(client.ask(request), HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(client.is_closed());
  }
}

TEST(HttpServer, SendsALargeBodyToASlowReader) {
  Site site;
  auto client = site.connect(1000);
  auto answer = client.ask(get("/big"));
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 3'000'000u);
}

TEST(HttpServer, SaysContinueToAClientThatWaitsForIt) {
  Site site;
  auto client = site.connect();
  auto answer = client.ask(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: "
      "100-continue\r\n\r\n");
  EXPECT_EQ(answer, "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_THAT(client.ask("hi"), EndsWith("\r\n\r\nhi"));
}

TEST(HttpServer, AnswersGarbageWithASentenceThatTheClientCanReadThenCloses) {
  Site site;
  auto client = site.connect();
  auto answer = client.ask("RFB 003.008\n\r\n\r\n" + std::string(10'000, 'x'));
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 400 Bad Request\r\n"),
                            HasSubstr("\r\n\r\nThis is not an HTTP request")));
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(site.routes.handled, 0);
}

TEST(HttpServer, RefusesForeignHostsAndOriginsBeforeTheApplicationSeesThem) {
  Site site;
  for (std::string request :
       {std::string("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\n\r\n"), get("/", "Origin: http://evil.example\r\n"),
        get("/ws",
            "Origin: http://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n")}) {
    EXPECT_THAT(site.connect().ask(request), StartsWith("HTTP/1.1 403 Forbidden\r\n")) << request;
  }
  EXPECT_EQ(site.routes.handled, 0);
  EXPECT_THAT(site.connect().ask("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
              HasSubstr("--http-allowed-hosts evil.example"));
}

TEST(HttpServer, TellsAClientThatItsRequestDidNotArriveInTime) {
  Site site({.request_timeout = milliseconds(1)});
  auto client = site.connect();
  client.send("GET / HT");
  auto answer = client.received();
  while (answer.empty()) {
    site.loop.restart();
    site.loop.run_one();
    answer = client.received();
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServer, ClosesAnIdleConnectionWithoutAWord) {
  Site site({.idle_timeout = milliseconds(1)});
  auto client = site.connect();
  EXPECT_THAT(client.ask(get("/")), StartsWith("HTTP/1.1 200"));
  client.wait_for_the_end();
  client.settle();
  EXPECT_EQ(site.server->connections(), 0u);
}

TEST(HttpServer, GivesUpAClientThatDoesNotReadItsAnswer) {
  Site site({.write_timeout = milliseconds(1)});
  auto client = site.connect(100);
  client.send(get("/big"));
  while (site.server->connections() > 0) {
    site.loop.restart();
    site.loop.run_one();
  }
  EXPECT_FALSE(client.received().empty());
  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServer, LetsTheOldestIdleConnectionYield) {
  Site site;
  std::vector<Client> idle;
  for (int i = 0; i < 300; ++i) {
    idle.push_back(site.connect());
    if (i % 2) idle.back().send("GET / HTT");
    site.loop.restart();
    site.loop.poll();
  }
  EXPECT_EQ(site.server->connections(), 256u);
  EXPECT_TRUE(idle[0].is_closed());
  EXPECT_FALSE(idle[299].is_closed());
  EXPECT_THAT(site.connect().ask(get("/")), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(site.server->connections(), 256u);
}

TEST(HttpServer, RefusesAConnectionWhenAllOthersAreAtWork) {
  Site site({.connections = 2});
  auto one = site.connect(100);
  auto two = site.connect(100);
  one.send(get("/big"));
  two.send(get("/big"));
  EXPECT_THAT(site.connect(4096).received(), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
}

TEST(HttpServer, ClosesItsConnectionsWhenItIsDestroyed) {
  Site site;
  auto client = site.connect();
  auto busy = site.connect(100);
  busy.send(get("/big"));
  client.settle();
  site.server.reset();
  EXPECT_TRUE(client.is_closed());
}

// ---- the WebSocket handshake ------------------------------------------------------------------

TEST(WebSocket, ShakesHandsSplitAtEveryByte) {
  auto text = handshake();
  for (std::size_t split = 0; split < text.size(); ++split) {
    Site site;
    auto client = site.connect();
    EXPECT_EQ(client.ask(text.substr(0, split)), "");
    auto answer = client.ask(text.substr(split));
    EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 101 "),
                              HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")));
    EXPECT_TRUE(site.routes.websocket);
  }
}

TEST(WebSocket, AnswersTheSubprotocolBinaryOnlyWhenItIsOffered) {
  Site site;
  EXPECT_THAT(site.connect().ask(handshake()), Not(HasSubstr("Sec-WebSocket-Protocol")));
  EXPECT_THAT(site.connect().ask(handshake("Sec-WebSocket-Protocol: base64, binary\r\n")),
              HasSubstr("Sec-WebSocket-Protocol: binary\r\n"));
  EXPECT_THAT(site.connect().ask(handshake("Sec-WebSocket-Protocol: chat\r\n")),
              Not(HasSubstr("Sec-WebSocket-Protocol")));
}

TEST(WebSocket, OffersNoCompression) {
  Site site;
  EXPECT_THAT(site.connect().ask(handshake("Sec-WebSocket-Extensions: permessage-deflate\r\n")),
              AllOf(StartsWith("HTTP/1.1 101 "), Not(HasSubstr("Sec-WebSocket-Extensions"))));
}

TEST(WebSocket, RefusesWhatIsNoHandshakeWithASentence) {
  struct Case {
    std::string request;
    std::string status;
    std::string sentence;
  };
  auto upgrade = [](std::string_view more) {
    return get("/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\n" + std::string(more));
  };
  const std::vector<Case> cases = {
      {get("/ws"), "426 Upgrade Required", "This address speaks WebSocket only.\n"},
      {upgrade(""), "426 Upgrade Required", "Only version 13 of WebSocket is spoken here.\n"},
      {upgrade("Sec-WebSocket-Version: 8\r\n"), "426 Upgrade Required",
       "Only version 13 of WebSocket is spoken here.\n"},
      {upgrade("Sec-WebSocket-Version: 13\r\n"), "400 Bad Request",
       "The Sec-WebSocket-Key header is missing or is not 16 bytes in base64.\n"},
      {upgrade("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n"), "400 Bad Request",
       "The Sec-WebSocket-Key header is missing or is not 16 bytes in base64.\n"},
      {handshake().replace(0, 3, "POST"), "400 Bad Request",
       "A WebSocket begins with an HTTP/1.1 GET request.\n"},
      {handshake().replace(4, 3, "/no"), "404 Not Found", "There is nothing at this address.\n"},
  };
  for (const auto& [request, status, sentence] : cases) {
    Site site;
    EXPECT_THAT(site.connect().ask(request),
                AllOf(StartsWith("HTTP/1.1 " + status + "\r\n"), EndsWith("\r\n\r\n" + sentence)))
        << request;
    EXPECT_FALSE(site.routes.websocket);
  }
}

// ---- an open WebSocket ------------------------------------------------------------------------

struct Socket {
  explicit Socket(WebSocketLimits limits = {}, std::size_t capacity = 64 * 1024,
                  std::string_view at_once = "", WebSocketKind kind = WebSocketKind::kBytes)
      : site({}, limits), client(site.connect(capacity)) {
    site.routes.kind = kind;
    EXPECT_THAT(client.ask(handshake() + std::string(at_once)), StartsWith("HTTP/1.1 101 "));
    stream = std::move(site.routes.websocket);
  }
  ~Socket() {
    if (stream) stream->close();
    client.settle();
  }
  // Reads until there is an error, which is kept, or nothing more.
  void start_reading() {
    boost::asio::co_spawn(
        site.loop,
        [this]() -> awaitable<void> {
          std::array<std::uint8_t, 1000> buffer;
          for (;;) {
            auto count = co_await stream->read_some(buffer);
            if (!count) {
              error = count.error();
              co_return;
            }
            read += as_text(std::span(buffer).first(*count));
          }
        },
        boost::asio::detached);
    client.settle();
  }
  void start_writing(std::vector<ByteSpan> pieces) {
    boost::asio::co_spawn(
        site.loop,
        [this, pieces]() -> awaitable<void> { written = co_await stream->write_some(pieces); },
        boost::asio::detached);
    client.settle();
  }

  Site site;
  Client client;
  StreamPointer stream;
  std::string read;
  std::optional<Error> error;
  std::optional<Result<std::size_t>> written;
};

TEST(WebSocket, ReadsBinaryMessagesSplitAtEveryByte) {
  auto text = frame(2, "hello") + frame(2, "") + frame(2, "frag", false) + frame(0, "ment") +
              frame(2, std::string(200, 'x'));
  for (std::size_t split = 0; split <= text.size(); ++split) {
    Socket socket;
    socket.start_reading();
    socket.client.send(text.substr(0, split));
    socket.client.send(text.substr(split));
    socket.client.settle();
    EXPECT_EQ(socket.read, "hellofragment" + std::string(200, 'x')) << split;
    EXPECT_FALSE(socket.error);
  }
}

TEST(WebSocket, LosesNothingThatCameWithTheHandshake) {
  Socket socket({}, 64 * 1024, frame(2, "early"));
  socket.start_reading();
  EXPECT_EQ(socket.read, "early");
}

TEST(WebSocket, WritesThePiecesAsOneBinaryMessage) {
  Socket socket;
  socket.start_writing({as_bytes("one"), as_bytes(","), as_bytes("two")});
  EXPECT_EQ(socket.client.received(), "\x82\x07one,two");
  EXPECT_EQ(*socket.written, 7u);
}

TEST(WebSocket, CutsALongRunIntoMessagesOfTheLimit) {
  Socket socket({.sent_message_bytes = 5});
  socket.start_writing({as_bytes("one"), as_bytes(","), as_bytes("two")});
  EXPECT_EQ(socket.client.received(), "\x82\x05one,t");
  EXPECT_EQ(*socket.written, 5u);
}

TEST(WebSocket, ClosesWith1003OnText) {
  Socket socket;
  socket.start_reading();
  auto answer = socket.client.ask(frame(1, "hello"));
  EXPECT_EQ(answer.substr(0, 1) + answer.substr(2, 2), std::string("\x88\x03\xeb"));
  EXPECT_THAT(answer, HasSubstr("binary messages only"));
  socket.client.send(frame(8, "\x03\xeb"));
  socket.client.settle();
  ASSERT_TRUE(socket.error);
  EXPECT_EQ(socket.error->code, ErrorCode::kUnsupported);
}

TEST(WebSocket, TakesAMessageOfTheLimitAndClosesWith1009Beyond) {
  Socket fits({.message_bytes = 1000});
  fits.start_reading();
  fits.client.send(frame(2, std::string(1000, 'x')));
  fits.client.settle();
  EXPECT_EQ(fits.read.size(), 1000u);

  Socket whole({.message_bytes = 1000});
  whole.start_reading();
  EXPECT_EQ(whole.client.ask(frame(2, std::string(1001, 'x'))), close_frame(1009));
  EXPECT_EQ(whole.error->code, ErrorCode::kTooLarge);

  Socket pieces({.message_bytes = 1000});
  pieces.start_reading();
  EXPECT_EQ(
      pieces.client.ask(frame(2, std::string(600, 'x'), false) + frame(0, std::string(401, 'x'))),
      close_frame(1009));
}

TEST(WebSocket, RefusesABrokenFrameWithACloseCode) {
  Socket unmasked;
  unmasked.start_reading();
  EXPECT_EQ(unmasked.client.ask("\x82\x01x"), close_frame(1002));
  EXPECT_EQ(unmasked.error->code, ErrorCode::kInvalid);
  Socket reserved;
  reserved.start_reading();
  EXPECT_EQ(reserved.client.ask(frame(3, "x")), close_frame(1002));
}

TEST(WebSocket, AnswersPings) {
  Socket socket;
  socket.start_reading();
  EXPECT_EQ(socket.client.ask(frame(9, "are you there")),
            "\x8a\x0d"
            "are you there");
}

TEST(WebSocket, PingsASilentPeerThenGivesItUp) {
  Socket socket({.silence_timeout = milliseconds(20)});
  socket.start_reading();
  std::string received;
  while (!socket.error) {
    socket.site.loop.restart();
    socket.site.loop.run_one();
    received += socket.client.received();
  }
  EXPECT_EQ(received, std::string("\x89\x00", 2));
  EXPECT_EQ(socket.error->code, ErrorCode::kTimeout);
}

TEST(WebSocket, AnswersTheClosingHandshake) {
  Socket socket;
  socket.start_reading();
  EXPECT_EQ(socket.client.ask(frame(8, "\x03\xe8")), close_frame(1000));
  EXPECT_EQ(socket.error, (Error{ErrorCode::kClosed, "the peer closed the WebSocket"}));
}

TEST(WebSocket, TellsTheReasonOfThePeer) {
  const auto error_of = [](const std::string& payload) {
    Socket socket;
    socket.start_reading();
    (void)socket.client.ask(frame(8, payload));
    return socket.error ? socket.error->message : std::string();
  };
  EXPECT_EQ(error_of("\x03\xe8"
                     "bye"),
            "the peer closed the WebSocket: bye");
  EXPECT_EQ(error_of("\x03\xf0"
                     "ausgebucht für heute"),
            "the peer closed the WebSocket with 1008: ausgebucht für heute");
  EXPECT_EQ(error_of("\x03\xf0"
                     "a\x1b[2J\xc2\x9b\n\x7f"),
            "the peer closed the WebSocket with 1008: a?[2J???");
}

TEST(WebSocket, ShutsDownWithACloseFrameAndWaitsForThePeers) {
  Socket socket;
  socket.start_reading();
  bool is_done = false;
  boost::asio::co_spawn(
      socket.site.loop,
      [&]() -> awaitable<void> {
        co_await socket.stream->shutdown_send();
        is_done = true;
      },
      boost::asio::detached);
  EXPECT_EQ(socket.client.received(), close_frame(1000));
  EXPECT_FALSE(is_done);
  socket.client.send(frame(8, "\x03\xe8"));
  socket.client.settle();
  EXPECT_TRUE(is_done);
  EXPECT_TRUE(socket.error);
}

TEST(WebSocket, EndsWhenThePeerVanishes) {
  Socket socket;
  socket.start_reading();
  socket.client.stream->close();
  socket.client.settle();
  ASSERT_TRUE(socket.error);
  EXPECT_EQ(socket.error->code, ErrorCode::kClosed);
}

TEST(WebSocket, WaitsForAPeerThatDoesNotReadUntilItIsClosed) {
  Socket socket({}, 1000);
  Bytes data(100'000);
  socket.start_writing({ByteSpan(data)});
  EXPECT_FALSE(socket.written);
  EXPECT_FALSE(socket.stream->is_writable_now());
  EXPECT_EQ(socket.stream->unsent_bytes(), 1000u);
  socket.stream->close();
  socket.client.settle();
  ASSERT_TRUE(socket.written);
  EXPECT_EQ(socket.written->error().code, ErrorCode::kClosed);
}

// ---- lines ------------------------------------------------------------------------------------

struct LineSocket : Socket {
  explicit LineSocket(WebSocketLimits limits = {}, std::size_t capacity = 64 * 1024)
      : Socket(limits, capacity, "", WebSocketKind::kLines) {}
};

TEST(WebSocketLines, ReadsEachTextMessageAsALineSplitAtEveryByte) {
  const auto text = frame(1, "{\"a\":\n1}\r\n") + frame(1, "") + frame(1, "two", false) +
                    frame(9, "ping") + frame(0, "\nparts") + frame(1, std::string(2500, 'x'));
  for (std::size_t split = 0; split <= 60; ++split) {
    LineSocket socket;
    socket.start_reading();
    socket.client.send(text.substr(0, split));
    socket.client.send(text.substr(split));
    socket.client.settle();
    EXPECT_EQ(socket.read, "{\"a\": 1}  \n\ntwo parts\n" + std::string(2500, 'x') + "\n") << split;
    EXPECT_FALSE(socket.error);
  }
}

// The reader's buffer has 1000 bytes: the end of the line comes with the next read.
TEST(WebSocketLines, EndsALineThatFillsTheBufferOfItsReader) {
  for (const std::size_t size : {999u, 1000u, 1001u, 2000u}) {
    LineSocket socket;
    socket.start_reading();
    socket.client.send(frame(1, std::string(size, 'x')) + frame(1, "next"));
    socket.client.settle();
    EXPECT_EQ(socket.read, std::string(size, 'x') + "\nnext\n");
  }
}

TEST(WebSocketLines, WritesOneTextMessageForEachLine) {
  LineSocket socket;
  const std::vector<ByteSpan> pieces{as_bytes("{\"a\""), as_bytes(":1}\n{"), as_bytes("}\n")};
  socket.start_writing(pieces);
  EXPECT_EQ(socket.client.received(), "\x81\x07{\"a\":1}");
  EXPECT_EQ(*socket.written, 8u);
  socket.start_writing({as_bytes("{"), as_bytes("}\n")});
  EXPECT_EQ(socket.client.received(), "\x81\x02{}");
}

TEST(WebSocketLines, WritesALineAtOnceWhenNothingElseIsBeingWritten) {
  LineSocket socket;
  for (const std::size_t size : {0u, 125u, 126u, 65'535u, 65'536u}) {
    LineSocket other({}, 100'000);
    const std::string line(size, 'x');
    const std::vector<ByteSpan> pieces{as_bytes(line), as_bytes("\n{}")};
    EXPECT_EQ(other.stream->try_write(pieces), size + 1);
    const auto received = other.client.received();
    const std::string head =
        size < 126 ? std::string("\x81") + static_cast<char>(size)
        : size < 65'536
            ? std::string("\x81\x7e") + static_cast<char>(size >> 8) + static_cast<char>(size)
            : std::string("\x81\x7f\0\0\0\0\0\1\0\0", 10);
    EXPECT_EQ(received, head + line);
  }
  EXPECT_EQ(socket.stream->try_write(std::array{as_bytes("no end")}), 0u);
}

TEST(WebSocketLines, KeepsTheRestOfALineThatIsNotTaken) {
  LineSocket socket({}, 100);
  socket.start_reading();
  const std::string line(250, 'x');
  const std::vector<ByteSpan> pieces{as_bytes(line), as_bytes("\n")};
  EXPECT_EQ(socket.stream->try_write(pieces), 251u);
  EXPECT_EQ(socket.stream->unsent_bytes(), 254u);
  EXPECT_FALSE(socket.stream->is_writable_now());
  EXPECT_EQ(socket.stream->try_write(pieces), 0u);
  // What Beast has to say comes after it, and what follows after that.
  socket.client.send(frame(9, "ping"));
  bool is_writable = false;
  boost::asio::co_spawn(
      socket.site.loop,
      [&]() -> awaitable<void> {
        is_writable = (co_await socket.stream->wait_writable()).has_value();
        const std::vector<ByteSpan> next{as_bytes("{}\n")};
        co_await socket.stream->write_some(next);
      },
      boost::asio::detached);
  std::string received;
  while (received.size() < 264) {
    const auto more = socket.client.received();
    ASSERT_FALSE(more.empty()) << received.size();
    received += more;
  }
  EXPECT_TRUE(is_writable);
  const auto first = std::string("\x81\x7e\0\xfa", 4) + line;
  EXPECT_EQ(received.substr(0, 254), first);
  EXPECT_THAT(received.substr(254),
              ::testing::AnyOf("\x8a\x04ping\x81\x02{}", "\x81\x02{}\x8a\x04ping"));
  EXPECT_EQ(socket.stream->unsent_bytes(), 0u);
}

TEST(WebSocketLines, GivesUpTheRestOfALineWhenItIsClosed) {
  LineSocket socket({}, 100);
  const std::string line(250, 'x');
  const std::vector<ByteSpan> pieces{as_bytes(line), as_bytes("\n")};
  EXPECT_EQ(socket.stream->try_write(pieces), 251u);
  std::optional<Status> status;
  boost::asio::co_spawn(
      socket.site.loop,
      [&]() -> awaitable<void> { status = co_await socket.stream->wait_writable(); },
      boost::asio::detached);
  socket.client.settle();
  EXPECT_FALSE(status);
  socket.stream->close();
  socket.client.settle();
  ASSERT_TRUE(status);
  EXPECT_FALSE(*status);
}

TEST(WebSocketLines, SendsALongLineAsOneMessageOfSeveralFrames) {
  LineSocket socket({.sent_message_bytes = 4});
  std::string received;
  std::string_view line = "123456789\n{}\n";
  while (!line.empty()) {
    socket.start_writing({as_bytes(line)});
    received += socket.client.received();
    line.remove_prefix(**socket.written);
  }
  EXPECT_EQ(received, std::string("\x01\x04"
                                  "1234\x00\x04"
                                  "5678\x80\x01"
                                  "9\x81\x02{}",
                                  19));
}

TEST(WebSocketLines, EndsAMessageWhoseLineEndComesAlone) {
  LineSocket socket;
  socket.start_writing({as_bytes("{}")});
  socket.start_writing({as_bytes("\n")});
  EXPECT_EQ(socket.client.received(), std::string("\x01\x02{}\x80\x00", 6));
}

TEST(WebSocketLines, ReadsBinaryMessagesAsTextEvenWhenTheyAreNoUtf8) {
  LineSocket socket;
  socket.start_reading();
  socket.client.send(frame(2, "{\"a\":\n1}") + frame(2, "\xff\xfe") + frame(1, "{}"));
  socket.client.settle();
  EXPECT_EQ(socket.read, "{\"a\": 1}\n\xff\xfe\n{}\n");
  EXPECT_FALSE(socket.error);
}

TEST(WebSocketLines, ClosesWith1009BeyondTheLimit) {
  LineSocket large({.line_bytes = 100});
  large.start_reading();
  EXPECT_EQ(large.client.ask(frame(1, std::string(101, ' '))), close_frame(1009));
}

TEST(WebSocketLines, SaysGoodbyeWithTheChosenCodeAndReason) {
  LineSocket socket;
  socket.start_reading();
  socket.stream->set_close_reason("Server at capacity", Farewell::kPolicy);
  boost::asio::co_spawn(
      socket.site.loop, [&]() { return socket.stream->shutdown_send(); }, boost::asio::detached);
  EXPECT_EQ(socket.client.received(), std::string("\x88\x14\x03\xf0") + "Server at capacity");
}

TEST(WebSocketLines, SelectsNoSubprotocol) {
  Site site;
  site.routes.kind = WebSocketKind::kLines;
  EXPECT_THAT(site.connect().ask(handshake("Sec-WebSocket-Protocol: binary\r\n")),
              AllOf(StartsWith("HTTP/1.1 101 "), Not(HasSubstr("Sec-WebSocket-Protocol"))));
}

TEST(WebSocket, IsNotOpenedForWhomTheApplicationRefuses) {
  Site site;
  EXPECT_THAT(site.connect().ask(handshake("X-Stranger: yes\r\n")),
              AllOf(StartsWith("HTTP/1.1 401 "), EndsWith("\r\n\r\nLog in first.\n")));
  EXPECT_FALSE(site.routes.websocket);
}

// ---- answers that come later, and bodies that come bit by bit --------------------------------

TEST(HttpServer, WaitsForAnAnswerThatComesLater) {
  Site site;
  auto client = site.connect();
  EXPECT_EQ(client.ask(get("/later")), "");
  ASSERT_EQ(site.routes.later.size(), 1u);
  site.routes.later[0](http_body(200, "text/plain", "at last"));
  EXPECT_THAT(client.received(), EndsWith("at last"));
  EXPECT_THAT(client.ask(get("/")), EndsWith("<p>hello"));
}

TEST(HttpServer, AnswersInOrderWhenARequestFollowsAnOpenOne) {
  Site site;
  auto client = site.connect();
  EXPECT_EQ(client.ask(get("/later") + get("/")), "");
  site.routes.later[0](http_body(200, "text/plain", "first"));
  EXPECT_THAT(client.received(), AllOf(HasSubstr("first"), EndsWith("<p>hello")));
}

TEST(HttpServer, SaysThatARequestWasGivenUp) {
  Site site;
  auto client = site.connect();
  client.send(get("/later"));
  site.routes.later.clear();
  EXPECT_THAT(client.received(), StartsWith("HTTP/1.1 500 "));
}

TEST(HttpServer, TakesAnAnswerForAPeerThatHasGone) {
  Site site;
  {
    auto client = site.connect();
    client.send(get("/later"));
    client.stream->close();
  }
  site.routes.later[0](http_body(200, "text/plain", "too late"));
  site.loop.restart();
  site.loop.poll();
  EXPECT_EQ(site.server->connections(), 0u);
}

TEST(HttpServer, StreamsABodyInChunksAsItComes) {
  Site site;
  site.routes.events = std::make_shared<HttpBodyStream>(site.loop.get_executor(), 1024);
  auto client = site.connect();
  const auto head = client.ask(get("/events"));
  EXPECT_THAT(head, AllOf(HasSubstr("Transfer-Encoding: chunked\r\n"),
                          Not(HasSubstr("Content-Length")), EndsWith("\r\n\r\n")));
  EXPECT_TRUE(site.routes.events->push("data: 1\n\n"));
  EXPECT_EQ(client.received(), "9\r\ndata: 1\n\n\r\n");
  EXPECT_TRUE(site.routes.events->push("data: 2\n\n"));
  site.routes.events->end();
  EXPECT_EQ(client.received(), "9\r\ndata: 2\n\n\r\n0\r\n\r\n");
  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServer, TellsTheApplicationWhenTheReaderOfAStreamHasGone) {
  Site site;
  site.routes.events = std::make_shared<HttpBodyStream>(site.loop.get_executor(), 1024);
  bool is_gone = false;
  site.routes.events->on_gone([&] { is_gone = true; });
  auto client = site.connect();
  client.ask(get("/events"));
  EXPECT_FALSE(is_gone);
  client.stream->close();
  client.settle();
  EXPECT_TRUE(is_gone);
  EXPECT_FALSE(site.routes.events->push("data: 1\n\n"));
}

TEST(HttpServer, EndsAStreamWhoseReaderIsTooSlow) {
  Site site;
  site.routes.events = std::make_shared<HttpBodyStream>(site.loop.get_executor(), 2000);
  auto client = site.connect(4096);
  client.ask(get("/events"));
  const std::string event(500, 'x');
  int pushed = 0;
  while (pushed < 100 && site.routes.events->push(event)) {
    ++pushed;
    site.loop.restart();
    site.loop.poll();
  }
  EXPECT_GT(pushed, 8);  // what the line takes is not counted
  EXPECT_LT(pushed, 30);
  EXPECT_TRUE(site.routes.events->is_ended());
}

}  // namespace
}  // namespace oriel::net

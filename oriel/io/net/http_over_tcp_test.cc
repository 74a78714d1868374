// Listener, HTTP server, WebSocket and session driver together over loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "oriel/io/net/http_server.h"
#include "oriel/io/net/session_driver.h"
#include "oriel/io/net/tcp_listener.h"
#include "oriel/io/net/tcp_stream.h"

namespace oriel::net {
namespace {

using boost::asio::awaitable;
using boost::asio::ip::tcp;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Greets, echoes bytes, and refuses 'X' with a reason.
class Greeter : public Session {
 public:
  Greeter() { out.append(as_bytes("hello")); }
  Result<Need> receive(ByteSpan bytes, TimePoint) override {
    if (bytes[0] == 'X') {
      out.append(as_bytes("no X please"));
      return fail(ErrorCode::kInvalid, "an X");
    }
    out.append(bytes);
    return Need{bytes.size(), 1};
  }
  OutputQueue& output() override { return out; }
  void writable(TimePoint, std::size_t) override {}
  std::optional<TimePoint> deadline() const override { return {}; }
  Status deadline_passed(TimePoint) override { return {}; }
  Transition transition() const override { return Transition::kNone; }

  OutputQueue out;
};

// A server whose "/ws" is a Greeter.
class Server : public HttpRoutes, public SessionHost {
 public:
  explicit Server(boost::asio::io_context& loop)
      : loop_(loop), http_(loop.get_executor(), *this, {}) {
    auto made = TcpListener::listen(
        loop.get_executor(), {}, [this](StreamPointer stream) { http_.serve(std::move(stream)); });
    EXPECT_TRUE(made);
    listener_ = std::move(*made);
  }
  void handle(HttpRequest request, HttpAnswer answer) override {
    answer(http_body(200, "text/plain", request.path));
  }
  bool is_websocket_path(std::string_view path) const override { return path == "/ws"; }
  void on_websocket(const HttpRequest&, StreamPointer stream) override {
    driver =
        std::make_shared<SessionDriver>(loop_.get_executor(), std::move(stream), greeter, *this);
    driver->start();
  }
  void session_progressed() override {}
  void session_writable() override {}
  void session_ended(const Error& why) override { end = why; }

  std::uint16_t port() const { return listener_->port(); }

  Greeter greeter;
  std::shared_ptr<SessionDriver> driver;
  std::optional<Error> end;

 private:
  boost::asio::io_context& loop_;
  HttpServer http_;
  std::unique_ptr<TcpListener> listener_;
};

struct World {
  StreamPointer connect() {
    tcp::socket socket(loop);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), server.port()});
    return make_socket_stream(std::move(socket));
  }
  void send(Stream& stream, std::string_view text) {
    auto piece = as_bytes(text);
    ASSERT_EQ(stream.try_write({&piece, 1}), text.size());
  }
  // Runs until `ending` has arrived, or the stream has ended.
  std::string read_until(Stream& stream, std::string_view ending) {
    std::string all;
    std::array<std::uint8_t, 4096> buffer;
    while (!all.ends_with(ending)) {
      auto count = stream.try_read(buffer);
      if (!count) break;
      all += as_text(std::span(buffer).first(*count));
      if (*count > 0) continue;
      loop.restart();
      loop.run_one_for(std::chrono::milliseconds(10));
    }
    return all;
  }

  boost::asio::io_context loop{1};
  Server server{loop};
};

constexpr std::string_view kHandshake =
    "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

// A masked frame whose mask is zero.
std::string frame(int opcode, std::string_view payload) {
  std::string head{static_cast<char>(0x80 | opcode), static_cast<char>(0x80 | payload.size())};
  return head + std::string(4, '\0') + std::string(payload);
}

TEST(HttpOverTcp, AnswersOnTheSameConnectionAgainAndAgain) {
  World world;
  auto client = world.connect();
  for (std::string path : {"/one", "/two", "/three"}) {
    world.send(*client, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(world.read_until(*client, path), StartsWith("HTTP/1.1 200 OK\r\n"));
  }
}

TEST(HttpOverTcp, AcceptsTheLiteralAddressItWasReachedAt) {
  World world;
  auto client = world.connect();
  world.send(*client, "GET / HTTP/1.1\r\nHost: " + client->peer() + "\r\n\r\n");
  EXPECT_THAT(world.read_until(*client, "/"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(HttpOverTcp, RunsASessionInAWebSocketToItsReasonAndClose) {
  World world;
  auto client = world.connect();
  world.send(*client, kHandshake);
  EXPECT_THAT(world.read_until(*client, "\x82\x05hello"), StartsWith("HTTP/1.1 101 "));
  world.send(*client, frame(2, "abc"));
  EXPECT_EQ(world.read_until(*client, "abc"),
            "\x82\x03"
            "abc");
  world.send(*client, frame(2, "X") + frame(2, "dropped"));
  EXPECT_EQ(world.read_until(*client, "an X"),
            "\x82\x0bno X please\x88\x06\x03\xe8"
            "an X");
  EXPECT_FALSE(world.server.end);
  world.send(*client, frame(8, "\x03\xe8"));
  EXPECT_EQ(world.read_until(*client, "never"), "");  // the connection ends
  world.loop.restart();
  world.loop.poll();
  EXPECT_EQ(world.server.end, (Error{ErrorCode::kInvalid, "an X"}));
  EXPECT_EQ(world.server.driver->bytes_in(), 3u + 1 + 7);
  EXPECT_EQ(world.server.driver->bytes_out(), 5u + 3 + 11);
}

TEST(HttpOverTcp, EndsTheSessionWhenTheBrowserVanishes) {
  World world;
  auto client = world.connect();
  world.send(*client, kHandshake);
  (void)world.read_until(*client, "hello");
  client->close();
  while (!world.server.end) {
    world.loop.restart();
    world.loop.run_one();
  }
  EXPECT_EQ(world.server.end->code, ErrorCode::kClosed);
}

}  // namespace
}  // namespace oriel::net

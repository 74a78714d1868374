#include "oriel/app/net/tunnel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "oriel/app/net/websocket_uri.h"
#include "oriel/io/net/memory_stream.h"

namespace oriel::net {
namespace {

using ::testing::HasSubstr;

struct Tunnel {
  Status status;
  std::string asked;
  std::string rest;  // what the host says first
};

// A proxy that says `answer`, and then closes, whatever it hears.
Tunnel tunnel(std::string answer, Proxy way, std::string host = "::1") {
  boost::asio::io_context loop(1);
  auto [ours, theirs] = make_memory_streams(loop.get_executor());
  Tunnel result;
  const auto work = [&]() -> boost::asio::awaitable<void> {
    const ByteSpan bytes = as_bytes(answer);
    if (!bytes.empty()) (void)co_await theirs->write_some({&bytes, 1});
    co_await theirs->shutdown_send();
    result.status = co_await open_tunnel(*ours, host, 5900, way);
    co_await ours->shutdown_send();
    Bytes buffer(1000);
    const auto heard = co_await theirs->read_some(buffer);
    result.asked = as_text(ByteSpan(buffer).first(heard.value_or(0)));
    const auto rest = co_await ours->read_some(buffer);
    result.rest = as_text(ByteSpan(buffer).first(rest.value_or(0)));
  };
  boost::asio::co_spawn(loop, work(), boost::asio::detached);
  loop.run();
  return result;
}

const Proxy kHttpProxy{"proxy", 1, "", ""};

TEST(HttpTunnel, AsksForTheHostAndLeavesWhatItSays) {
  const auto opened =
      tunnel("HTTP/1.1 200 Connection established\r\nA: b\r\n\r\nRFB 003.008\n", kHttpProxy);
  EXPECT_TRUE(opened.status);
  EXPECT_EQ(opened.asked, "CONNECT [::1]:5900 HTTP/1.1\r\nHost: [::1]:5900\r\n\r\n");
  EXPECT_EQ(opened.rest, "RFB 003.008\n");
  EXPECT_THAT(tunnel("HTTP/1.0 200 OK\r\n\r\n", {"proxy", 1, "u", "p"}).asked,
              HasSubstr("Proxy-Authorization: " + basic_authorization("u", "p") + "\r\n"));
}

TEST(HttpTunnel, SaysWhyThereIsNoWay) {
  const auto code = [](std::string answer) {
    return tunnel(std::move(answer), kHttpProxy).status.error().code;
  };
  EXPECT_EQ(code("HTTP/1.0 407 Who?\r\n\r\n"), ErrorCode::kRefused);
  EXPECT_EQ(code("HTTP/1.0 502 No\r\n\r\n"), ErrorCode::kUnavailable);
  EXPECT_EQ(code("HTTP/1.1 200 OK\r\n"), ErrorCode::kClosed);
  EXPECT_EQ(code("RFB 003.008\n\r\n\r\n"), ErrorCode::kInvalid);
  EXPECT_EQ(code("HTTP/1.1 2x0\r\n\r\n"), ErrorCode::kInvalid);
  EXPECT_EQ(code("HTTP/1.1 200 " + std::string(9000, 'a')), ErrorCode::kInvalid);
}

const Proxy kSocksProxy{"proxy", 1, "", "", ProxyKind::kSocks5};
const Proxy kSocksWithLogin{"proxy", 1, "me", "secret", ProxyKind::kSocks5};

std::string bytes_of(std::initializer_list<int> bytes) {
  std::string text;
  for (const int byte : bytes) text += static_cast<char>(byte);
  return text;
}
// No log-in; success, bound to 0.0.0.0:0.
const std::string kNoLoginWanted = bytes_of({5, 0});
const std::string kOpened = bytes_of({5, 0, 0, 1, 0, 0, 0, 0, 0, 0});

TEST(SocksTunnel, AsksForTheHostAndLeavesWhatItSays) {
  const auto by_name = tunnel(kNoLoginWanted + kOpened + "RFB 003.008\n", kSocksProxy, "a.example");
  EXPECT_TRUE(by_name.status) << by_name.status.error().message;
  EXPECT_EQ(by_name.asked, bytes_of({5, 1, 0, 5, 1, 0, 3, 9}) + "a.example" + bytes_of({23, 12}));
  EXPECT_EQ(by_name.rest, "RFB 003.008\n");
  EXPECT_EQ(tunnel(kNoLoginWanted + kOpened, kSocksProxy, "10.0.0.1").asked,
            bytes_of({5, 1, 0, 5, 1, 0, 1, 10, 0, 0, 1, 23, 12}));
  EXPECT_EQ(
      tunnel(kNoLoginWanted + kOpened, kSocksProxy, "::1").asked,
      bytes_of({5, 1, 0, 5, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 23, 12}));
}

TEST(SocksTunnel, LogsIn) {
  const auto opened = tunnel(bytes_of({5, 2, 1, 0}) + kOpened, kSocksWithLogin, "h");
  EXPECT_TRUE(opened.status);
  EXPECT_EQ(opened.asked, bytes_of({5, 2, 0, 2, 1, 2}) + "me" + bytes_of({6}) + "secret" +
                              bytes_of({5, 1, 0, 3, 1}) + "h" + bytes_of({23, 12}));
  EXPECT_TRUE(tunnel(kNoLoginWanted + kOpened, kSocksWithLogin).status) << "it wants none";
}

// The address that it has bound may be of any kind.
TEST(SocksTunnel, SkipsEveryKindOfAddress) {
  const auto by_name = bytes_of({5, 0, 0, 3, 4}) + "host" + bytes_of({1, 2});
  const auto by_ipv6 = bytes_of({5, 0, 0, 4}) + std::string(18, 'x');
  const auto by_long_name = bytes_of({5, 0, 0, 3, 255}) + std::string(255 + 2, 'x');
  for (const auto& answer : {by_name, by_ipv6, by_long_name})
    EXPECT_EQ(tunnel(kNoLoginWanted + answer + "RFB", kSocksProxy).rest, "RFB");
}

TEST(SocksTunnel, SaysWhyThereIsNoWay) {
  const auto error = [](const std::string& answer, const Proxy& proxy = kSocksProxy,
                        std::string host = "h") {
    return tunnel(answer, proxy, std::move(host)).status.error();
  };
  EXPECT_EQ(error(bytes_of({5, 255})).code, ErrorCode::kRefused);
  EXPECT_THAT(error(bytes_of({5, 255})).message, HasSubstr("a user and a password"));
  EXPECT_EQ(error(bytes_of({5, 2, 1, 1}), kSocksWithLogin).code, ErrorCode::kRefused);
  EXPECT_THAT(error(bytes_of({5, 2})).message, HasSubstr("a user and a password"));
  EXPECT_EQ(error(bytes_of({5, 1})).code, ErrorCode::kInvalid) << "was not offered";
  EXPECT_EQ(error("HTTP/1.1 400").code, ErrorCode::kInvalid);
  for (int reply = 1; reply < 256; ++reply) {
    const auto refused = error(kNoLoginWanted + bytes_of({5, reply, 0, 1}));
    EXPECT_EQ(refused.code, ErrorCode::kUnavailable);
    EXPECT_THAT(refused.message, HasSubstr("SOCKS reply " + std::to_string(reply)));
  }
  EXPECT_EQ(error(kNoLoginWanted + bytes_of({5, 0, 0, 2})).code, ErrorCode::kInvalid);
  EXPECT_EQ(error(kNoLoginWanted + bytes_of({4, 0, 0, 1})).code, ErrorCode::kInvalid);
  EXPECT_EQ(error("", kSocksProxy, std::string(256, 'a')).code, ErrorCode::kInvalid);
  const auto whole = kNoLoginWanted + kOpened;
  for (std::size_t cut = 0; cut < whole.size(); ++cut)
    EXPECT_EQ(error(whole.substr(0, cut)).code, ErrorCode::kClosed) << cut;
}

}  // namespace
}  // namespace oriel::net

#include "oriel/app/net/proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <map>

#include "oriel/app/net/websocket_uri.h"
#include "oriel/io/net/memory_stream.h"

namespace oriel::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The place of the proxy for `target` in an environment; "none", or why not.
std::string proxy(std::string_view target, std::map<std::string, std::string> environment) {
  const auto found =
      proxy_for(*parse_stream_target(target), [&](const char* name) -> std::optional<std::string> {
        const auto at = environment.find(name);
        return at == environment.end() ? std::nullopt : std::optional(at->second);
      });
  if (!found) return "error: " + found.error().message;
  return *found ? (*found)->shown() : "none";
}

TEST(Proxy, IsThatOfTheScheme) {
  const std::map<std::string, std::string> all{
      {"http_proxy", "http://a:1"}, {"https_proxy", "b:2"}, {"ALL_PROXY", "http://c/"}};
  EXPECT_EQ(proxy("ws://host", all), "a:1");
  EXPECT_EQ(proxy("wss://host", all), "b:2");
  EXPECT_EQ(proxy("tcp://host", all), "c:1080");
  EXPECT_EQ(proxy("tls://host", all), "c:1080");
  EXPECT_EQ(proxy("unix:/x", all), "none");
  EXPECT_EQ(proxy("wss://host", {{"ALL_PROXY", "c:3"}}), "c:3");
  EXPECT_EQ(proxy("ws://host", {{"HTTP_PROXY", "a:1"}}), "none") << "set by a request of CGI";
  EXPECT_EQ(proxy("ws://host", {}), "none");
}

TEST(Proxy, IsNotForThisMachineNorForWhatIsExcepted) {
  const auto excepted = [](std::string_view target, const std::string& list) {
    return proxy(target, {{"all_proxy", "p:1"}, {"no_proxy", list}}) == "none";
  };
  for (const char* here : {"localhost", "127.0.0.2", "[::1]", "a.localhost"})
    EXPECT_TRUE(excepted(here, "")) << here;
  EXPECT_FALSE(excepted("host", ""));
  EXPECT_TRUE(excepted("host", "a, HOST"));
  EXPECT_TRUE(excepted("deep.host.example", "host.example"));
  EXPECT_TRUE(excepted("deep.host.example", ".host.example"));
  EXPECT_TRUE(excepted("host.example", ".host.example"));
  EXPECT_FALSE(excepted("ghost.example", "host.example"));
  EXPECT_TRUE(excepted("10.0.0.1", "10.0.0.1"));
  EXPECT_TRUE(excepted("anything", "*"));
}

TEST(Proxy, SaysWhichItDoesNotKnow) {
  EXPECT_THAT(proxy("ws://host", {{"all_proxy", "socks5://u:secret@p"}}), HasSubstr("http://"));
  const auto error = proxy("ws://host", {{"all_proxy", "http://u:secret@p:x"}});
  EXPECT_THAT(error, HasSubstr("not a number"));
  EXPECT_THAT(error, Not(HasSubstr("secret")));
}

struct Tunnel {
  Result<int> status = 0;
  std::string asked;
  std::string rest;  // what the host says first
};

// A proxy that answers with `answer`.
Tunnel tunnel(std::string answer, Proxy way = {"proxy", 1, "", ""}) {
  boost::asio::io_context loop(1);
  auto [ours, theirs] = make_memory_streams(loop.get_executor());
  Tunnel result;
  auto work = [&]() -> boost::asio::awaitable<void> {
    const ByteSpan bytes = as_bytes(answer);
    (void)co_await theirs->write_some({&bytes, 1});
    result.status = co_await open_tunnel(*ours, "::1", 5900, way);
    Bytes buffer(1000);
    const auto heard = co_await theirs->read_some(buffer);
    result.asked = as_text(ByteSpan(buffer).first(heard.value_or(0)));
    theirs->close();
    const auto rest = co_await ours->read_some(buffer);
    result.rest = as_text(ByteSpan(buffer).first(rest.value_or(0)));
  };
  boost::asio::co_spawn(loop, work(), boost::asio::detached);
  loop.run();
  return result;
}

TEST(Tunnel, AsksForTheHostAndLeavesWhatItSays) {
  const auto opened = tunnel("HTTP/1.1 200 Connection established\r\nA: b\r\n\r\n");
  EXPECT_EQ(opened.status, 200);
  EXPECT_EQ(opened.asked, "CONNECT [::1]:5900 HTTP/1.1\r\nHost: [::1]:5900\r\n\r\n");
  const auto known = tunnel("HTTP/1.0 407 Who?\r\n\r\n", {"proxy", 1, "u", "p"});
  EXPECT_EQ(known.status, 407);
  EXPECT_THAT(known.asked,
              HasSubstr("Proxy-Authorization: " + basic_authorization("u", "p") + "\r\n"));
}

TEST(Tunnel, ReadsNotAByteTooMuch) {
  boost::asio::io_context loop(1);
  auto [ours, theirs] = make_memory_streams(loop.get_executor());
  std::string rest;
  auto work = [&]() -> boost::asio::awaitable<void> {
    const ByteSpan bytes = as_bytes("HTTP/1.1 200 OK\r\n\r\nRFB 003.008\n");
    (void)co_await theirs->write_some({&bytes, 1});
    const Proxy way{"proxy", 1, "", ""};
    (void)co_await open_tunnel(*ours, "host", 5900, way);
    Bytes buffer(100);
    const auto count = co_await ours->read_some(buffer);
    rest = as_text(ByteSpan(buffer).first(count.value_or(0)));
  };
  boost::asio::co_spawn(loop, work(), boost::asio::detached);
  loop.run();
  EXPECT_EQ(rest, "RFB 003.008\n");
}

TEST(Tunnel, RefusesWhatIsNoHttp) {
  EXPECT_EQ(tunnel("RFB 003.008\n\r\n\r\n").status.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(tunnel("HTTP/1.1 2x0\r\n\r\n").status.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(tunnel("HTTP/1.1 200 " + std::string(9000, 'a')).status.error().code,
            ErrorCode::kInvalid);
}

}  // namespace
}  // namespace oriel::net

#include "oriel/app/net/proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

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

TEST(Proxy, IsOfTheKindOfItsScheme) {
  const auto kind = [](const char* text) {
    const auto environment = [text](const char* name) -> std::optional<std::string> {
      if (std::string_view(name) == "ALL_PROXY") return text;
      return std::nullopt;
    };
    return (*proxy_for(*parse_stream_target("tcp://host"), environment))->kind;
  };
  EXPECT_EQ(kind("p:1"), ProxyKind::kHttp);
  EXPECT_EQ(kind("HTTP://p:1"), ProxyKind::kHttp);
  EXPECT_EQ(kind("socks5://u:p@p:1"), ProxyKind::kSocks5);
  EXPECT_EQ(kind("socks5h://p"), ProxyKind::kSocks5);
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

TEST(Proxy, IsNotForTheNetworksThatAreExcepted) {
  const auto excepted = [](std::string_view target, const std::string& list) {
    return proxy(target, {{"all_proxy", "p:1"}, {"no_proxy", list}}) == "none";
  };
  EXPECT_TRUE(excepted("10.1.2.3", "a, 10.0.0.0/8"));
  EXPECT_FALSE(excepted("11.1.2.3", "10.0.0.0/8"));
  EXPECT_TRUE(excepted("192.168.127.255", "192.168.64.0/18"));
  EXPECT_FALSE(excepted("192.168.128.0", "192.168.64.0/18"));
  EXPECT_TRUE(excepted("192.0.2.7", "192.0.2.7/32"));
  EXPECT_FALSE(excepted("192.0.2.6", "192.0.2.7/32"));
  EXPECT_TRUE(excepted("[2001:db8:1::5]", "2001:DB8::/32"));
  EXPECT_TRUE(excepted("[2001:db8:1::5]", "[2001:db8::]/32"));
  EXPECT_FALSE(excepted("[2001:db9::5]", "2001:db8::/32"));
  EXPECT_TRUE(excepted("[2001:db8::5]", "2001:db8::5/128"));
  EXPECT_TRUE(excepted("192.0.2.7", "0.0.0.0/0"));
  EXPECT_FALSE(excepted("[2001:db8::5]", "0.0.0.0/0")) << "of the other kind";
  EXPECT_FALSE(excepted("ten.example", "10.0.0.0/8")) << "names are not looked up";
  for (const char* wrong : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "/8", "10.0.0.0/-8", "net/8"})
    EXPECT_FALSE(excepted("10.0.0.0", wrong)) << wrong;
}

TEST(Proxy, SaysWhichItDoesNotKnow) {
  const auto other = proxy("ws://host", {{"all_proxy", "socks4://u:secret@p"}});
  EXPECT_THAT(other, HasSubstr("http://, socks5:// and socks5h://"));
  EXPECT_THAT(other, Not(HasSubstr("secret")));
  const auto error = proxy("ws://host", {{"all_proxy", "http://u:secret@p:x"}});
  EXPECT_THAT(error, HasSubstr("not a number"));
  EXPECT_THAT(error, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace oriel::net

#include "oriel/app/client/vnc_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace oriel::client {
namespace {

using net::StreamCarrier;
using net::StreamTarget;
using ::testing::HasSubstr;
using ::testing::Not;

StreamTarget at(StreamCarrier carrier, const std::string& host, std::uint16_t port,
                const std::string& path = "") {
  return {.carrier = carrier, .host = host, .port = port, .path = path};
}

struct Written {
  const char* text;
  StreamTarget target;
  const char* shown;
};

class VncTargets : public ::testing::TestWithParam<Written> {};

TEST_P(VncTargets, AreReadAndShown) {
  const auto target = parse_vnc_target(GetParam().text);
  ASSERT_TRUE(target) << target.error().message;
  EXPECT_EQ(*target, GetParam().target);
  EXPECT_EQ(shown_target(*target), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, VncTargets,
    ::testing::Values(
        Written{"Host.example", at(StreamCarrier::kTcp, "host.example", 5900),
                "vnc://host.example:5900"},
        Written{"host:1", at(StreamCarrier::kTcp, "host", 5901), "vnc://host:5901"},
        Written{"host:99", at(StreamCarrier::kTcp, "host", 5999), "vnc://host:5999"},
        Written{"host:100", at(StreamCarrier::kTcp, "host", 100), "vnc://host:100"},
        Written{"host:5901", at(StreamCarrier::kTcp, "host", 5901), "vnc://host:5901"},
        Written{"host::1", at(StreamCarrier::kTcp, "host", 1), "vnc://host:1"},
        Written{":2", at(StreamCarrier::kTcp, "localhost", 5902), "vnc://localhost:5902"},
        Written{"[::1]", at(StreamCarrier::kTcp, "::1", 5900), "vnc://[::1]:5900"},
        Written{"[::1]:1", at(StreamCarrier::kTcp, "::1", 5901), "vnc://[::1]:5901"},
        Written{"[::1]::5907", at(StreamCarrier::kTcp, "::1", 5907), "vnc://[::1]:5907"},
        Written{"vnc://host", at(StreamCarrier::kTcp, "host", 5900), "vnc://host:5900"},
        Written{"VNC://host:1/", at(StreamCarrier::kTcp, "host", 1), "vnc://host:1"},
        Written{"vncs://host", at(StreamCarrier::kTls, "host", 5900), "vncs://host:5900"},
        Written{"ws://host:6080", at(StreamCarrier::kWebSocket, "host", 6080, "/websockify"),
                "ws://host:6080/websockify"},
        Written{"wss://host/a?token=x",
                at(StreamCarrier::kSecureWebSocket, "host", 443, "/a?token=x"),
                "wss://host:443/a?..."},
        Written{"unix:/run/vnc", at(StreamCarrier::kUnix, "", 0, "/run/vnc"), "unix:/run/vnc"},
        Written{"https://nova:6080/vnc_auto.html?token=a%2Bb",
                at(StreamCarrier::kSecureWebSocket, "nova", 6080, "/websockify?token=a%2Bb"),
                "wss://nova:6080/websockify?..."},
        Written{"http://nova/vnc_lite.html?path=%3Ftoken%3Dx",
                at(StreamCarrier::kWebSocket, "nova", 80, "/?token=x"), "ws://nova:80/?..."},
        Written{"https://box/novnc/vnc.html?path=novnc/ws#autoconnect=1",
                at(StreamCarrier::kSecureWebSocket, "box", 443, "/novnc/ws"),
                "wss://box:443/novnc/ws"},
        Written{"http://box:6080/", at(StreamCarrier::kWebSocket, "box", 6080, "/websockify"),
                "ws://box:6080/websockify"},
        Written{"http://page/vnc.html?host=other&port=81&encrypt=1",
                at(StreamCarrier::kSecureWebSocket, "other", 81, "/websockify"),
                "wss://other:81/websockify"}));

TEST(VncTarget, TakesUserAndPasswordAndShowsNeither) {
  const auto target = parse_vnc_target("vnc://me:s%3Ac@host");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->user, "me");
  EXPECT_EQ(target->password, "s:c");
  EXPECT_EQ(shown_target(*target), "vnc://host:5900");
  const auto page = parse_vnc_target("http://host/vnc.html?password=hidden");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->password, "hidden");
  EXPECT_THAT(page->path, Not(HasSubstr("hidden")));
}

TEST(VncTarget, SaysWhatIsWrongWithoutRepeatingAPassword) {
  const auto error = [](const char* text) {
    const auto target = parse_vnc_target(text);
    EXPECT_FALSE(target) << text;
    const auto message = target ? std::string() : target.error().message;
    EXPECT_THAT(message, Not(HasSubstr("secret")));
    return message;
  };
  EXPECT_THAT(error(""), HasSubstr("no host is named"));
  EXPECT_THAT(error("::1"), HasSubstr("no host is named"));
  EXPECT_THAT(error("fe80::1:2"), HasSubstr("brackets"));
  EXPECT_THAT(error("host:x"), HasSubstr("HOST:DISPLAY"));
  EXPECT_THAT(error("host::70000"), HasSubstr("70000"));
  EXPECT_THAT(error("host::99999999999999999999"), HasSubstr("the port is"));
  EXPECT_THAT(error("me:secret@host"), HasSubstr("vnc://"));
  EXPECT_THAT(error("vnc://me:secret@host/x"), HasSubstr("no path or query"));
  EXPECT_THAT(error("vnc://me:secret/x@host"), HasSubstr("%2F"));
  EXPECT_THAT(error("ftp://host"), HasSubstr("scheme"));
  EXPECT_THAT(error("a\nb"), HasSubstr("control characters"));
  EXPECT_THAT(error("http://host/vnc.html?path=%zz&password=secret"), HasSubstr("stray %"));
  EXPECT_FALSE(parse_vnc_target(std::string(3000, 'a')));
}

TEST(VncTarget, ShowsTextThatIsNoneWithoutWhatMayBeASecret) {
  constexpr std::pair<const char*, const char*> kShown[] = {
      {"host:x", "host:x"},
      {"host::70000", "host::70000"},
      {"[::1]:99999", "[::1]:99999"},
      {"ftp://host/a?b=secret", "ftp://host/a?..."},
      {"me:secret@host", "...@host"},
      {"vnc://me:secret", "vnc://me:..."},
      {"vnc://me:secret@host/x", "vnc://...@host/x"},
      {"vnc://me:sec/secret@host", "vnc://..."},
      {"vnc://me:sec?secret@host", "vnc://..."},
      {"wss://host/x?token=secret@secret", "wss://..."},
      {"http://host/vnc.html#password=secret", "http://host/vnc.html?..."},
      {"a\nb", "a?b"},
      {"", ""}};
  for (const auto& [text, shown] : kShown) EXPECT_EQ(masked_target(text), shown) << text;
  EXPECT_LT(masked_target(std::string(3000, 'a')).size(), 200u);
}

}  // namespace
}  // namespace oriel::client

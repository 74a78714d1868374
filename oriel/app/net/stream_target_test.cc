#include "oriel/app/net/stream_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/io/net/limits.h"

namespace oriel::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using enum StreamCarrier;

struct TargetCase {
  std::string_view text;
  StreamTarget target;
  std::string_view shown;
};

class GoodTarget : public ::testing::TestWithParam<TargetCase> {};

TEST_P(GoodTarget, IsTakenApart) {
  const auto target = parse_stream_target(GetParam().text);
  ASSERT_TRUE(target) << target.error().message;
  EXPECT_EQ(*target, GetParam().target);
  EXPECT_EQ(target->shown(), GetParam().shown);
  auto plain = *target;
  plain.user = plain.password = "";
  EXPECT_EQ(parse_stream_target(target->shown()), plain);
}

INSTANTIATE_TEST_SUITE_P(
    All, GoodTarget,
    ::testing::Values(
        TargetCase{"Host", {kTcp, "", "", "host", 8080, ""}, "tcp://host:8080"},
        TargetCase{"unix", {kTcp, "", "", "unix", 8080, ""}, "tcp://unix:8080"},
        TargetCase{"host:", {kTcp, "", "", "host", 8080, ""}, "tcp://host:8080"},
        TargetCase{"host:7", {kTcp, "", "", "host", 7, ""}, "tcp://host:7"},
        TargetCase{"host::5901", {kTcp, "", "", "host", 5901, ""}, "tcp://host:5901"},
        TargetCase{"10.0.0.1:65535", {kTcp, "", "", "10.0.0.1", 65535, ""}, "tcp://10.0.0.1:65535"},
        TargetCase{"[::1]", {kTcp, "", "", "::1", 8080, ""}, "tcp://[::1]:8080"},
        TargetCase{"[::1]:1", {kTcp, "", "", "::1", 1, ""}, "tcp://[::1]:1"},
        TargetCase{"[FE80::2]::1", {kTcp, "", "", "fe80::2", 1, ""}, "tcp://[fe80::2]:1"},
        TargetCase{"TCP://host", {kTcp, "", "", "host", 8080, ""}, "tcp://host:8080"},
        TargetCase{"tcp://host:1/", {kTcp, "", "", "host", 1, ""}, "tcp://host:1"},
        TargetCase{"tcp://:secret@host", {kTcp, "", "secret", "host", 8080, ""}, "tcp://host:8080"},
        TargetCase{
            "tcp://me:s%2Fcr@t@[::1]:9", {kTcp, "me", "s/cr@t", "::1", 9, ""}, "tcp://[::1]:9"},
        TargetCase{"tls://host", {kTls, "", "", "host", 8080, ""}, "tls://host:8080"},
        TargetCase{"tls://me@host:1", {kTls, "me", "", "host", 1, ""}, "tls://host:1"},
        TargetCase{"unix:door", {kUnix, "", "", "", 0, "door"}, "unix:door"},
        TargetCase{
            "Unix:/run/a b/d@r", {kUnix, "", "", "", 0, "/run/a b/d@r"}, "unix:/run/a b/d@r"},
        TargetCase{"unix:///run/door", {kUnix, "", "", "", 0, "/run/door"}, "unix:/run/door"},
        TargetCase{"unix:////door", {kUnix, "", "", "", 0, "//door"}, "unix:////door"},
        TargetCase{"unix:8080", {kUnix, "", "", "", 0, "8080"}, "unix:8080"},
        TargetCase{
            "ws://host", {kWebSocket, "", "", "host", 80, "/conduit"}, "ws://host:80/conduit"},
        TargetCase{"ws://host:6080?a=b",
                   {kWebSocket, "", "", "host", 6080, "/conduit?a=b"},
                   "ws://host:6080/conduit?a=b"},
        TargetCase{"ws://host/", {kWebSocket, "", "", "host", 80, "/"}, "ws://host:80/"},
        TargetCase{"wss://me:secret@[::1]/x/y",
                   {kSecureWebSocket, "me", "secret", "::1", 443, "/x/y"},
                   "wss://[::1]:443/x/y"}));

class BadTarget : public ::testing::TestWithParam<std::string_view> {};

TEST_P(BadTarget, IsRefusedWithoutRepeatingAPassword) {
  const auto target = parse_stream_target(GetParam());
  ASSERT_FALSE(target) << target->shown();
  EXPECT_EQ(target.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(target.error().message, Not(HasSubstr("secret")));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadTarget,
    ::testing::Values("", ":", ":8080", "::1", "1:2::3", "host:0", "host:65536", "host:8a",
                      "host:::1", "host::", "ho st", "[::1", "[::1]x", "[nothing]", "[::1]:::2",
                      "me:secret@host", "host/path", "http://host", "://host", "tcp://",
                      "tcp://host/path", "tcp://host?x", "tcp://host#x", "tcp://u:secret/1@host",
                      "tls://u:secret%4@host", "tls://host::1", "unix:", "unix://host/path",
                      "unix:a\nb", "ws://", "ws://ho st", "ws://u:secret@ho*st", "ws://host#part",
                      "host\r\n", "h\xc3\xb6st"));

TEST(StreamTarget, SaysHowAnIpv6AddressIsWritten) {
  for (const auto* address : {"fe80::1:2:3", "::1"})
    EXPECT_THAT(parse_stream_target(address).error().message, HasSubstr("[::1]:8080")) << address;
}

TEST(StreamTarget, TakesItsDefaultsFromTheProtocol) {
  const StreamTargetDefaults defaults{.port = 5900, .path = "/websockify"};
  EXPECT_EQ(parse_stream_target("host", defaults)->port, 5900);
  EXPECT_EQ(parse_stream_target("tls://host", defaults)->port, 5900);
  EXPECT_EQ(parse_stream_target("ws://host", defaults)->path, "/websockify");
}

TEST(StreamTarget, IsReadUpToItsLongestAndNotBeyond) {
  const auto unix_of = [](std::size_t size) { return "unix:" + std::string(size, 'x'); };
  EXPECT_TRUE(parse_stream_target(unix_of(kUnixPathBytesMax)));
  EXPECT_FALSE(parse_stream_target(unix_of(kUnixPathBytesMax + 1)));
  const std::string uri = "ws://host/";
  EXPECT_TRUE(parse_stream_target(uri + std::string(2048 - uri.size(), 'x')));
  EXPECT_FALSE(parse_stream_target(uri + std::string(2049 - uri.size(), 'x')));
}

}  // namespace
}  // namespace oriel::net

#include "oriel/app/net/websocket_uri.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oriel::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct UriCase {
  std::string_view text;
  WebSocketUri uri;
  std::string_view header;
  std::string_view shown;
};

class GoodUri : public ::testing::TestWithParam<UriCase> {};

TEST_P(GoodUri, IsTakenApart) {
  const auto uri = parse_websocket_uri(GetParam().text);
  ASSERT_TRUE(uri) << uri.error().message;
  EXPECT_EQ(*uri, GetParam().uri);
  EXPECT_EQ(uri->host_header(), GetParam().header);
  EXPECT_EQ(uri->shown(), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    All, GoodUri,
    ::testing::Values(
        UriCase{"ws://localhost:8765",
                {false, "", "", "localhost", 8765, "/"},
                "localhost:8765",
                "ws://localhost:8765"},
        UriCase{"WSS://Example.ORG/monitor?a=b/c",
                {true, "", "", "example.org", 443, "/monitor?a=b/c"},
                "example.org",
                "wss://example.org/monitor?a=b/c"},
        UriCase{"ws://host:", {false, "", "", "host", 80, "/"}, "host", "ws://host"},
        UriCase{
            "wss://host:80?x", {true, "", "", "host", 80, "/?x"}, "host:80", "wss://host:80/?x"},
        UriCase{"ws://[::1]:5/", {false, "", "", "::1", 5, "/"}, "[::1]:5", "ws://[::1]:5"},
        UriCase{
            "ws://[FE80::1]", {false, "", "", "fe80::1", 80, "/"}, "[fe80::1]", "ws://[fe80::1]"},
        UriCase{"wss://me:p%40ss%3A@10.0.0.1/m",
                {true, "me", "p@ss:", "10.0.0.1", 443, "/m"},
                "10.0.0.1",
                "wss://10.0.0.1/m"},
        UriCase{"ws://me@a@host", {false, "me@a", "", "host", 80, "/"}, "host", "ws://host"}));

class BadUri : public ::testing::TestWithParam<std::string_view> {};

TEST_P(BadUri, IsRefusedWithoutRepeatingAPassword) {
  const auto uri = parse_websocket_uri(GetParam());
  ASSERT_FALSE(uri) << uri->shown();
  EXPECT_EQ(uri.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(uri.error().message, Not(HasSubstr("secret")));
}

INSTANTIATE_TEST_SUITE_P(All, BadUri,
                         ::testing::Values("", "localhost:8765", "http://host", "ws:/host", "ws://",
                                           "ws://:80", "ws:///path", "ws://ho st", "ws://host:0",
                                           "ws://host:65536", "ws://host:8a", "ws://host:-1",
                                           "ws://host#part", "ws://[::1", "ws://[::1]80",
                                           "ws://[nothing]", "ws://h\xc3\xb6st",
                                           "ws://u:secret%4@host", "ws://u%3A:secret@host",
                                           "ws://u:secret@ho*st", "ws://host/\r\nX: y",
                                           "ws://u:secret@"));

TEST(WebSocketUri, IsReadUpToItsLongestAndNotBeyond) {
  const std::string uri = "ws://host/";
  EXPECT_TRUE(parse_websocket_uri(uri + std::string(2048 - uri.size(), 'x')));
  EXPECT_FALSE(parse_websocket_uri(uri + std::string(2049 - uri.size(), 'x')));
}

// RFC 7617, 2.
TEST(BasicAuthorization, IsThatOfItsRfc) {
  EXPECT_EQ(basic_authorization("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(basic_authorization("a", ""), "Basic YTo=");
  EXPECT_EQ(basic_authorization("ab", ""), "Basic YWI6");
}

}  // namespace
}  // namespace oriel::net

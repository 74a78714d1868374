#include "oriel/io/net/host_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oriel::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const HostPolicy kPolicy{{"desk.example.org", "Other.Example"}, {}};

bool accepts(std::string_view host, std::optional<std::string_view> origin = {},
             std::string_view local = "127.0.0.1:6080") {
  return check_host_claim(kPolicy, {host, origin, local}).has_value();
}

TEST(HostPolicy, AcceptsLoopbackNamesWithAnyPort) {
  for (auto host :
       {"localhost", "localhost:6080", "LOCALHOST:1", "localhost.", "a.localhost:80", "127.0.0.1",
        "127.0.0.1:6080", "127.255.255.255:65535", "[::1]", "[::1]:6080"}) {
    EXPECT_TRUE(accepts(host)) << host;
  }
}

TEST(HostPolicy, RefusesNamesThatSomebodyElseCouldOwn) {
  for (auto host :
       {"evil.example", "evil.example:6080", "localhost.evil.example", "127.0.0.1.evil.example",
        "127.1", "127.0.0", "127.0.0.256", "128.0.0.1", "1127.0.0.1", "0.0.0.0", "[::]",
        "[::ffff:127.0.0.1]", "[::1].evil.example", "evillocalhost", "192.168.1.7"}) {
    EXPECT_FALSE(accepts(host)) << host;
  }
}

TEST(HostPolicy, RefusesMalformedHosts) {
  for (auto host : {"",
                    ":",
                    ":80",
                    "localhost:",
                    "localhost:65536",
                    "localhost:1x",
                    "localhost:-1",
                    "localhost:000080",
                    "localhost:80:80",
                    "::1",
                    "[::1",
                    "[]",
                    "[",
                    "]",
                    "[::1]x",
                    "local host",
                    "localhost\t",
                    "localhost/",
                    "user@localhost",
                    ".",
                    "a,b",
                    "localhost\x80",
                    "localhost#",
                    "http://localhost"}) {
    EXPECT_FALSE(accepts(host)) << host;
  }
  EXPECT_FALSE(accepts(std::string(256, 'a')));
}

TEST(HostPolicy, AcceptsConfiguredNamesInAnyCase) {
  EXPECT_TRUE(accepts("desk.example.org"));
  EXPECT_TRUE(accepts("DESK.example.org:443"));
  EXPECT_TRUE(accepts("other.example."));
  EXPECT_FALSE(accepts("x.desk.example.org"));
  EXPECT_FALSE(accepts("example.org"));
}

TEST(HostPolicy, AcceptsTheAddressThatTheConnectionArrivedAt) {
  EXPECT_TRUE(accepts("192.168.1.7:6080", {}, "192.168.1.7:6080"));
  EXPECT_TRUE(accepts("192.168.1.7:8443", {}, "192.168.1.7:6080"));  // a forwarded port
  EXPECT_TRUE(accepts("[fd00::1]:6080", {}, "[fd00::1]:6080"));
  EXPECT_FALSE(accepts("192.168.1.8:6080", {}, "192.168.1.7:6080"));
}

TEST(HostPolicy, AcceptsAnOriginOnTheSameHostAndPort) {
  EXPECT_TRUE(accepts("localhost:6080", "http://localhost:6080"));
  EXPECT_TRUE(accepts("localhost:6080", "https://LOCALHOST:6080"));
  EXPECT_TRUE(accepts("localhost", "http://localhost"));
  EXPECT_TRUE(accepts("localhost:80", "http://localhost"));
  EXPECT_TRUE(accepts("desk.example.org", "https://desk.example.org:443"));
  EXPECT_TRUE(accepts("[::1]:6080", "http://[::1]:6080"));
}

TEST(HostPolicy, AcceptsAnOriginOnAConfiguredNameBehindAProxy) {
  EXPECT_TRUE(accepts("127.0.0.1:6080", "https://desk.example.org"));
}

TEST(HostPolicy, RefusesEveryOtherOrigin) {
  for (auto origin : {"http://evil.example", "http://localhost:6081", "http://localhost",
                      "http://127.0.0.1:6080", "null", "", "file://", "localhost:6080",
                      "ws://localhost:6080", "http://", "http://localhost:6080/",
                      "http://localhost:6080@evil.example", "http://localhost:6080.evil.example",
                      "http://localhost:6080 http://evil.example", "HTTP://localhost:6080"}) {
    EXPECT_FALSE(accepts("localhost:6080", origin)) << origin;
  }
}

TEST(HostPolicy, SaysWhatToSet) {
  auto host = check_host_claim({}, {"Desk.Example.org:6080", {}, ""});
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error(),
            (Error{ErrorCode::kRefused,
                   "the host name desk.example.org is not allowed here; to allow it, start the "
                   "server with --http-allowed-hosts desk.example.org"}));
  auto origin = check_host_claim({}, {"localhost:6080", "https://page.example", ""});
  ASSERT_FALSE(origin);
  EXPECT_THAT(origin.error().message, HasSubstr("--http-allowed-hosts page.example"));
}

TEST(HostPolicy, AcceptsTheMachinesOwnNamesButNotPagesOfItsOtherServers) {
  const HostPolicy policy{.own_names = names_of_machine("Web1")};
  for (const auto* host : {"web1:8765", "WEB1.local"}) {
    EXPECT_TRUE(check_host_claim(policy, {host, {}, "10.0.0.7:8765"})) << host;
  }
  EXPECT_FALSE(check_host_claim(policy, {"web2", {}, "10.0.0.7:8765"}));
  EXPECT_TRUE(check_host_claim(policy, {"web1:8765", "http://web1:8765", "10.0.0.7:8765"}));
  EXPECT_FALSE(check_host_claim(policy, {"web1:8765", "http://web1:9090", "10.0.0.7:8765"}));
  EXPECT_THAT(names_of_machine("web1.example.org"), ElementsAre("web1.example.org"));
  EXPECT_THAT(names_of_machine(""), IsEmpty());
}

TEST(HostPolicy, SplitsAListOfNames) {
  EXPECT_THAT(split_host_list("a.example, b.example ,,c"),
              ElementsAre("a.example", "b.example", "c"));
  EXPECT_THAT(split_host_list(""), IsEmpty());
  EXPECT_THAT(split_host_list(" , "), IsEmpty());
}

}  // namespace
}  // namespace oriel::net

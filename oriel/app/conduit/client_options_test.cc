#include "oriel/app/conduit/client_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

ClientOptions good() { return {.server_host = "localhost", .password = "secret"}; }

// Row N037.
TEST(ConduitClientOptions, HaveTheDefaultsOfTheRealPrograms) {
  const ClientOptions options;
  EXPECT_EQ(options.server_port, 8080);
  EXPECT_EQ(options.name, "conduit_client");
  EXPECT_EQ(options.version, "1.0.0");
  EXPECT_FALSE(options.use_ipv6);
  EXPECT_EQ(options.connect_timeout, 10s);
  EXPECT_TRUE(options.reconnect_enabled);
  EXPECT_EQ(options.reconnect_attempts, 5u);
  EXPECT_EQ(options.reconnect_delay, 2s);
  EXPECT_EQ(options.reconnect_delay_max, 60s);
  EXPECT_EQ(options.reconnect_delay_multiplier, 2.0);
  EXPECT_EQ(options.max_message_size, 10u * 1024 * 1024);
  EXPECT_EQ(options.buffer_size, 65536u);
  EXPECT_EQ(options.rpc_timeout, 30s);
  EXPECT_EQ(options.send_timeout, 10s);
  EXPECT_EQ(options.heartbeat_interval, 30s);
  EXPECT_EQ(options.heartbeat_timeout, 90s);
  EXPECT_EQ(options.send_queue_size, 1000u);
  EXPECT_EQ(options.receive_queue_size, 1000u);
  EXPECT_FALSE(options.enable_compression);
  EXPECT_FALSE(options.tls.enabled);
  EXPECT_TRUE(options.tls.verify);
  EXPECT_TRUE(check(good()));
}

TEST(ConduitClientOptions, NeedOnlyATarget) {
  EXPECT_TRUE(check({.target = "tls://host:9000", .password = "x"}));
  EXPECT_TRUE(check({.target = "host", .allow_no_password = true}));
  EXPECT_TRUE(check({.target = "tcp://:secret@host"}));
  EXPECT_EQ(target_of({.server_host = "::1", .server_port = 9})->shown(), "tcp://[::1]:9");
}

TEST(ConduitClientOptions, TakeTlsAsAnOptionToo) {
  auto options = good();
  options.tls.enabled = true;
  EXPECT_EQ(target_of(options)->shown(), "tls://localhost:8080");
  options.server_host.clear();
  options.target = "ws://host/conduit";
  EXPECT_EQ(target_of(options)->carrier, net::StreamCarrier::kSecureWebSocket);
}

struct WrongCase {
  const char* name;
  std::function<void(ClientOptions&)> spoil;
  const char* clause;
};
class WrongClientOptions : public ::testing::TestWithParam<WrongCase> {};

TEST_P(WrongClientOptions, AreToldInASentenceThatNamesThem) {
  auto options = good();
  GetParam().spoil(options);
  const auto status = check(options);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ClientErrorKind::kOptions);
  EXPECT_THAT(status.error().message, HasSubstr(GetParam().clause));
  EXPECT_THAT(status.error().message, Not(HasSubstr("secret")));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongClientOptions,
    ::testing::Values(
        WrongCase{"Nowhere", [](auto& o) { o.server_host.clear(); }, "neither target"},
        WrongCase{"TwoPlaces", [](auto& o) { o.target = "x"; }, "both target"},
        WrongCase{"Scheme",
                  [](auto& o) {
                    o.server_host.clear();
                    o.target = "http://x";
                  },
                  "target: "},
        WrongCase{"Host", [](auto& o) { o.server_host = "a b"; }, "server_host: "},
        WrongCase{"Port", [](auto& o) { o.server_port = 0; }, "server_port is 0"},
        WrongCase{"NoPassword", [](auto& o) { o.password.clear(); }, "password is empty"},
        WrongCase{"LongPassword", [](auto& o) { o.password.assign(2000, 'x'); }, "2000 bytes"},
        WrongCase{"Name", [](auto& o) { o.name.assign(201, 'x'); }, "name has 201 bytes"},
        WrongCase{"Heartbeat", [](auto& o) { o.heartbeat_timeout = 30s; }, "heartbeat_timeout"},
        WrongCase{"DelayMax", [](auto& o) { o.reconnect_delay_max = 1s; }, "reconnect_delay_max"},
        WrongCase{"Multiplier", [](auto& o) { o.reconnect_delay_multiplier = 0.5; }, "multiplier"},
        WrongCase{"Time", [](auto& o) { o.connect_timeout = 0ms; }, "connect_timeout is 0 ms"},
        WrongCase{"Size", [](auto& o) { o.max_message_size = 1023; }, "max_message_size is 1023"},
        WrongCase{"Buffer", [](auto& o) { o.buffer_size = 0; }, "buffer_size is 0"},
        WrongCase{"Queue", [](auto& o) { o.send_queue_size = 0; }, "send_queue_size is 0"},
        WrongCase{"Key", [](auto& o) { o.tls.certificate_file = "c"; }, "belong together"},
        WrongCase{"UnixTls",
                  [](auto& o) {
                    o.server_host.clear();
                    o.target = "unix:/tmp/x";
                    o.tls.enabled = true;
                  },
                  "a Unix socket has no TLS"},
        WrongCase{"ScramAndHash",
                  [](auto& o) {
                    o.login = Login::kScram;
                    o.allow_bare_hash = true;
                  },
                  "allow_bare_hash"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace oriel::conduit

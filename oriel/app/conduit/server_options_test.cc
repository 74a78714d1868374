#include "oriel/app/conduit/server_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

ServerOptions right() { return {.password = "x"}; }

TEST(ServerOptions, HasTheDefaultsOfTheSeed) {
  const ServerOptions options;
  EXPECT_EQ(options.name, "conduit_server");
  EXPECT_EQ(options.version, "1.0.0");
  EXPECT_EQ(options.description, "");
  EXPECT_EQ(options.host, "0.0.0.0");
  EXPECT_EQ(options.port, 8080);
  EXPECT_FALSE(options.ipv6);
  EXPECT_EQ(options.max_connections, 100u);
  EXPECT_EQ(options.buffer_size, 65536u);
  EXPECT_EQ(options.connection_timeout, 30s);
  EXPECT_EQ(options.auth_timeout, 10s);
  EXPECT_EQ(options.heartbeat_interval, 30s);
  EXPECT_EQ(options.heartbeat_timeout, 90s);
  EXPECT_EQ(options.send_queue_size, 1000u);
  EXPECT_EQ(options.receive_queue_size, 1000u);
  EXPECT_FALSE(options.enable_compression);
  EXPECT_TRUE(options.enable_backpressure);
  EXPECT_EQ(options.max_message_size, 10u * 1024 * 1024);
  EXPECT_FALSE(options.rate_limit_enabled);
  EXPECT_EQ(options.protocol_version, "1.0");
}

struct Mistake {
  const char* name;
  void (*make)(ServerOptions&);
  const char* says;
};

class ServerOptionsMistake : public ::testing::TestWithParam<Mistake> {};

TEST_P(ServerOptionsMistake, IsToldInOneClause) {
  auto options = right();
  ASSERT_TRUE(check(options));
  GetParam().make(options);
  const auto status = check(options);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(status.error().message, HasSubstr(GetParam().says));
  EXPECT_FALSE(status.error().message.ends_with('.'));
}

INSTANTIATE_TEST_SUITE_P(
    Each, ServerOptionsMistake,
    ::testing::Values(
        Mistake{"password", [](ServerOptions& o) { o.password.clear(); }, "password is empty"},
        Mistake{"login_name", [](ServerOptions& o) { o.logins = {{"", "p", {}}}; },
                "without an identity"},
        Mistake{"login_password", [](ServerOptions& o) { o.logins = {{"ann", "", {}}}; },
                "log-in ann is empty"},
        Mistake{"same_password", [](ServerOptions& o) { o.logins = {{"ann", "x", {}}}; },
                "also that of another"},
        Mistake{"name", [](ServerOptions& o) { o.name = std::string(201, 'n'); },
                "name has 201 bytes"},
        Mistake{"version", [](ServerOptions& o) { o.version.clear(); }, "version has 0 bytes"},
        Mistake{"description", [](ServerOptions& o) { o.description = std::string(1001, 'd'); },
                "description has 1001"},
        Mistake{"protocol", [](ServerOptions& o) { o.protocol_version = "2.0"; },
                "protocol_version is \"2.0\""},
        Mistake{"no_door", [](ServerOptions& o) { o.has_tcp = false; }, "unix_path"},
        Mistake{"host", [](ServerOptions& o) { o.host = "example.org"; }, "numeric address"},
        Mistake{"ipv6", [](ServerOptions& o) { o.ipv6 = true, o.host = "127.0.0.1"; },
                "IPv4 address"},
        Mistake{"tls_half", [](ServerOptions& o) { o.tls.key_file = "k"; }, "or neither"},
        Mistake{"tls_clients", [](ServerOptions& o) { o.tls.verify_client = true; },
                "need certificate_file"},
        Mistake{"tls_authority",
                [](ServerOptions& o) {
                  o.tls = {.certificate_file = "c", .key_file = "k", .verify_client = true};
                },
                "needs client_ca_file"},
        Mistake{"connection_timeout", [](ServerOptions& o) { o.connection_timeout = 0s; },
                "connection_timeout is 0 s"},
        Mistake{"auth_timeout", [](ServerOptions& o) { o.auth_timeout = -1s; },
                "auth_timeout is -1 s"},
        Mistake{"interval", [](ServerOptions& o) { o.heartbeat_interval = 25h; },
                "heartbeat_interval is"},
        Mistake{"heartbeats", [](ServerOptions& o) { o.heartbeat_timeout = 30s; },
                "more than heartbeat_interval, which is 30 s"},
        Mistake{"connections", [](ServerOptions& o) { o.max_connections = 0; },
                "max_connections is 0, expected 1 to"},
        Mistake{"buffer", [](ServerOptions& o) { o.buffer_size = 1023; },
                "buffer_size is 1023, expected 1024 to"},
        Mistake{"send_queue", [](ServerOptions& o) { o.send_queue_size = 0; }, "send_queue_size"},
        Mistake{"receive_queue", [](ServerOptions& o) { o.receive_queue_size = 0; },
                "receive_queue_size"},
        Mistake{"message", [](ServerOptions& o) { o.max_message_size = 104'857'601; },
                "max_message_size"},
        Mistake{"workers", [](ServerOptions& o) { o.workers_max = 0; }, "workers_max"},
        Mistake{"iterations", [](ServerOptions& o) { o.scram_iterations = 4095; },
                "scram_iterations is 4095, expected 4096"},
        Mistake{"rate",
                [](ServerOptions& o) {
                  o.rate_limit_enabled = true, o.rate_limit_messages_per_second = 0;
                },
                "rate_limit_messages_per_second"}),
    [](const auto& test) { return test.param.name; });

TEST(ServerOptions, ListensOnAllAddressesWithIpv6) {
  auto options = right();
  EXPECT_EQ(listen_host(options), "0.0.0.0");
  options.ipv6 = true;
  EXPECT_TRUE(check(options));
  EXPECT_EQ(listen_host(options), "::");
  options.host = "::1";
  EXPECT_TRUE(check(options));
  EXPECT_EQ(listen_host(options), "::1");
}

}  // namespace
}  // namespace oriel::conduit

// The way of a client to its server: addresses, Unix sockets, TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <optional>
#include <string>

#include "oriel/app/conduit/client_stage_test.h"
#include "oriel/testing/certificates.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::conduit {
namespace {

using ::testing::HasSubstr;

TEST(ConduitClient, SaysThatNobodyListens) {
  Client client(to_nobody());
  const auto status = client.connect();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ClientErrorKind::kConnection);
  EXPECT_THAT(status.error().message, HasSubstr("127.0.0.1:1: Connection refused"));
  EXPECT_EQ(client.state(), ClientState::kFailed);
  EXPECT_EQ(client.failure(), status.error());
  EXPECT_FALSE(client.wait());
  client.disconnect();
  EXPECT_EQ(client.state(), ClientState::kDisconnected);
}

TEST(ConduitClient, SaysThatAnOptionIsWrong) {
  Client client({.server_host = "x"});
  EXPECT_EQ(client.connect().error().kind, ClientErrorKind::kOptions);
}

TEST(ConduitClient, NeverTriesAWrongPasswordTwice) {
  TestServer server;
  auto options = to(server);
  options.password = "guess";
  options.retry_first_connect = true;
  Client client(options);
  const auto status = client.connect();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ClientErrorKind::kAuthentication);
  EXPECT_THAT(status.error().message, HasSubstr("Invalid password"));
  EXPECT_EQ(server->statistics().connections_accepted, 1u);
}

TEST(ConduitClient, ConnectsOnceAtATime) {
  TestServer server;
  Client client(to(server));
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(client.connect().error().kind, ClientErrorKind::kAlreadyConnected);
  client.disconnect();
  EXPECT_TRUE(client.connect());
  EXPECT_EQ(client.call<int>("add", {{"a", 1}, {"b", 2}}), 3);
}

TEST(ConduitClient, TakesOnlyIpv6AddressesWhenAsked) {
  TestServer server;
  auto options = to(server);
  options.use_ipv6 = true;
  Client client(options);
  EXPECT_THAT(client.connect().error().message, HasSubstr("no IPv6 address"));
}

TEST(ConduitClient, SpeaksThroughAUnixSocket) {
  const auto path = "/tmp/oriel_client_test_" + std::to_string(::getpid());
  ServerOptions server_options;
  server_options.unix_path = path;
  TestServer server({}, server_options);
  Client client({.target = "unix:" + path, .password = "secret"});
  const auto status = client.connect();
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(client.call<int>("add", {{"a", 1}, {"b", 2}}), 3);
}

// ---- TLS

// A server with a certificate for "localhost", and what clients need.
struct TlsSite {
  testing::TemporaryFolder folder;
  testing::CertificateAuthority authority;
  ClientTlsOptions tls{.enabled = true, .ca_file = folder.write("ca.pem", authority.pem())};
  std::optional<TestServer> server;

  explicit TlsSite(bool verifies_clients = false) {
    const auto pair = authority.issue("localhost", testing::CertificateUse::kServer);
    ServerOptions options;
    options.tls = {.certificate_file = folder.write("server.pem", pair.certificate),
                   .key_file = folder.write("server.key", pair.key)};
    if (verifies_clients) {
      options.tls.client_ca_file = tls.ca_file;
      options.tls.verify_client = true;
    }
    server.emplace(TestServer::Setup(), options);
  }
  ClientOptions options() const {
    auto options = to(*server);
    options.server_host = "localhost";
    options.tls = tls;
    return options;
  }
};

TEST(ConduitClient, SpeaksTlsWithAServerThatItTrusts) {
  TlsSite site;
  Client client(site.options());
  const auto status = client.connect();
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(client.call<int>("add", {{"a", 1}, {"b", 2}}), 3);
  const std::string text(1 << 20, 'x');
  (*site.server)->rpc("long", [text] { return text; });
  EXPECT_TRUE(client.call<std::string>("long") == text);
  auto by_hash = site.options();
  by_hash.login = Login::kPasswordHash;  // nobody hears it
  Client other(by_hash);
  EXPECT_TRUE(other.connect());
}

TEST(ConduitClient, RefusesAServerThatItDoesNotTrust) {
  TlsSite site;
  const testing::CertificateAuthority stranger("Stranger");
  auto options = site.options();
  options.tls.ca_file = site.folder.write("stranger.pem", stranger.pem());
  options.retry_first_connect = true;  // trying again would not help
  Client client(options);
  const auto status = client.connect();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ClientErrorKind::kConnection);
  EXPECT_THAT(status.error().message, HasSubstr("certificate"));
}

TEST(ConduitClient, TrustsAnybodyWhenAsked) {
  TlsSite site;
  auto options = site.options();
  options.tls.ca_file.clear();
  EXPECT_FALSE(Client(options).connect());
  options.tls.verify = false;
  EXPECT_TRUE(Client(options).connect());
}

TEST(ConduitClient, ShowsItsCertificate) {
  TlsSite site(true);
  Client without(site.options());
  EXPECT_FALSE(without.connect());
  auto options = site.options();
  const auto pair = site.authority.issue("me", testing::CertificateUse::kClient);
  options.tls.certificate_file = site.folder.write("me.pem", pair.certificate);
  options.tls.key_file = site.folder.write("me.key", pair.key);
  Client with(options);
  const auto status = with.connect();
  EXPECT_TRUE(status) << status.error().message;
}

}  // namespace
}  // namespace oriel::conduit

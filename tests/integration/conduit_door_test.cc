// The conduit of `oriel serve`: its own door and /conduit of the page, with and without a password.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <regex>

#include "oriel/app/conduit/client.h"
#include "tests/support/http_client.h"
#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"

namespace oriel {
namespace {

using conduit::CallCode;
using conduit::Client;
using conduit::Map;
using conduit::Value;
using ::testing::HasSubstr;

// Where the program says that its conduit is.
std::string conduit_of(const support::OrielServer& server) {
  std::smatch found;
  const auto output = server.output();
  const std::regex line("Programs: oriel methods (tcp://[0-9.:]+)");
  return std::regex_search(output, found, line) ? found[1].str() : "";
}

support::ServerOptions with_conduit(const std::string& password = "") {
  return {.password = password, .desktop = "pattern", .more_arguments = {"--conduit", "0"}};
}

// One that connects once, and says why not.
std::unique_ptr<Client> connect(const std::string& target, const std::string& password) {
  auto client = std::make_unique<Client>(
      conduit::ClientOptions{.target = target, .password = password, .allow_no_password = true});
  const auto connected = client->connect();
  EXPECT_TRUE(connected) << target << ": " << connected.error().message;
  return client;
}

TEST(ConduitDoor, TellsOfTheServerItsViewersAndItsHost) {
  const support::OrielServer server(with_conduit());
  const auto client = connect(conduit_of(server), "");
  const auto info = client->call("server.info");
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(*info->find("status"), Value("ok"));
  EXPECT_EQ(*info->find("desktop")->find("kind"), Value("pattern"));
  const auto viewers = client->call("server.viewers");
  ASSERT_TRUE(viewers);
  EXPECT_EQ(viewers->find("viewers")->if_array()->size(), 0u);
  const auto sample = client->call("monitor.sample");
  ASSERT_TRUE(sample) << sample.error().message;
  EXPECT_GT(*sample->find("memory")->find("total")->if_integer(), 0);
  EXPECT_NE(sample->find("processor")->find("usage_percent"), nullptr);
}

TEST(ConduitDoor, IsAtThePageToo) {
  const support::OrielServer server(with_conduit());
  const auto client =
      connect("ws://127.0.0.1:" + std::to_string(server.http_port()) + "/conduit", "");
  EXPECT_TRUE(client->call("server.info"));
}

TEST(ConduitDoor, TellsWhenAViewerComesAndGoes) {
  const support::OrielServer server(with_conduit());
  Client client({.target = conduit_of(server), .allow_no_password = true});
  std::promise<Value> joined, left;
  client.on("viewer.joined", [&](Value data) { joined.set_value(std::move(data)); });
  client.on("viewer.left", [&](Value data) { left.set_value(std::move(data)); });
  ASSERT_TRUE(client.connect());
  support::ChildProcess viewer(
      {{"vncsnapshot", "-quiet", "127.0.0.1::" + std::to_string(server.vnc_port()), "/dev/null"}});
  auto come = joined.get_future();
  ASSERT_EQ(come.wait_for(support::kPatience), std::future_status::ready);
  EXPECT_THAT(*come.get().find("peer")->if_text(), HasSubstr("127.0.0.1:"));
  auto gone = left.get_future();
  ASSERT_EQ(gone.wait_for(support::kPatience), std::future_status::ready);
}

TEST(ConduitDoor, LetsInWhoKnowsThePassword) {
  const support::OrielServer server(with_conduit("geheim"));
  const auto target = conduit_of(server);
  EXPECT_TRUE(connect(target, "geheim")->call("server.info"));
  for (const auto* wrong : {"falsch", ""}) {
    Client client({.target = target, .password = wrong, .allow_no_password = true});
    const auto refused = client.connect();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, conduit::ClientErrorKind::kAuthentication)
        << refused.error().message;
  }
}

TEST(ConduitDoor, CountsWrongPasswordsTogetherWithTheOtherDoors) {
  const support::OrielServer server(with_conduit("geheim"));
  const support::HttpClient page(server.http_port());
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(page.send("POST", "/api/v1/session", R"({"password": "falsch"})").status, 401);
  const auto guess = [&server] {
    Client client({.target = conduit_of(server), .password = "falsch"});
    return client.connect().error().message;
  };
  // The first lock-out lasts a second, which a slow machine may take for the guesses themselves.
  std::string refused;
  for (int i = 0; i < 5 && !refused.contains("too many wrong passwords"); ++i) refused = guess();
  EXPECT_THAT(refused, HasSubstr("too many wrong passwords"));
  EXPECT_EQ(page.send("POST", "/api/v1/session", R"({"password": "falsch"})").status, 429);
}

TEST(ConduitDoor, LetsFilesThroughWhereThereIsAFolder) {
  const support::TemporaryFolder folder;
  auto options = with_conduit();
  options.more_arguments.insert(options.more_arguments.end(),
                                {"--conduit-folder", folder.path().string()});
  const support::OrielServer server(options);
  const auto client = connect(conduit_of(server), "");
  EXPECT_TRUE(client->call("file_list"));
  EXPECT_FALSE(client->call("file_download_start", Map{{"filename", "../etc/passwd"}}));
  const support::OrielServer without(with_conduit());
  const auto none = connect(conduit_of(without), "")->call("file_list");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, CallCode::kMethodNotFound);
}

TEST(ConduitDoor, SaysGoodbyeWhenTheServerEnds) {
  support::OrielServer server(with_conduit());
  Client client(
      {.target = conduit_of(server), .allow_no_password = true, .reconnect_enabled = false});
  std::promise<std::string> why;
  client.on_disconnect([&](const conduit::ClientError& error) { why.set_value(error.message); });
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(server.stop(), 0);
  auto ended = why.get_future();
  ASSERT_EQ(ended.wait_for(support::kPatience), std::future_status::ready);
  EXPECT_THAT(ended.get(), HasSubstr("the server is going away"));
}

}  // namespace
}  // namespace oriel

// The conduit of `oriel serve`: its own door and /conduit of the page, with and without a password.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <fstream>
#include <future>
#include <regex>

#include "oriel/app/conduit/client.h"
#include "oriel/app/web/conduit_documents.h"
#include "oriel/app/web/monitor_sample.h"
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
  const std::regex line("Programs: oriel methods (\\S+)");
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

// What the answer has that its type does not know, and the other way round, shows in its size.
template <typename T>
void expect_shape(Client& client, const std::string& method) {
  const auto told = client.call(method);
  ASSERT_TRUE(told) << told.error().message;
  const auto read = conduit::from_value<T>(*told);
  ASSERT_TRUE(read) << method << ": " << read.error().front().field << ": "
                    << read.error().front().message;
  Map without_nulls;
  const auto written = conduit::to_value(*read);
  for (const auto& [key, value] : *written.if_map())
    if (!value.is_null()) without_nulls.set(key, value);
  EXPECT_EQ(without_nulls.size(), told->if_map()->size()) << method;
}

TEST(ConduitDoor, DescribesWhatItsMethodsGive) {
  const support::TemporaryFolder folder;
  auto options = with_conduit();
  options.more_arguments.insert(options.more_arguments.end(),
                                {"--conduit-folder", folder.path().string()});
  const support::OrielServer server(options);
  const auto client = connect(conduit_of(server), "");
  const auto described = client->call("describe");
  ASSERT_TRUE(described) << described.error().message;
  for (const auto& method : *described->find("methods")->if_array()) {
    const auto& name = *method.find("name")->if_text();
    EXPECT_FALSE(method.find("result")->if_map()->empty()) << name;
    const bool is_built_in = name == "listall" || name == "describe";
    EXPECT_EQ(method.find("role") == nullptr, is_built_in) << name;
  }
  expect_shape<web::ServerInfo>(*client, "server.info");
  expect_shape<web::ViewerList>(*client, "server.viewers");
  expect_shape<web::MonitorSample>(*client, "monitor.sample");
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
  const auto told = conduit::from_value<web::ViewerJoined>(come.get());
  ASSERT_TRUE(told);
  EXPECT_THAT(told->peer, HasSubstr("127.0.0.1:"));
  auto gone = left.get_future();
  ASSERT_EQ(gone.wait_for(support::kPatience), std::future_status::ready);
  EXPECT_EQ(conduit::from_value<web::ViewerLeft>(gone.get())->id, told->id);
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

TEST(ConduitDoor, LetsWhoKnowsTheViewPasswordLookOnly) {
  const support::TemporaryFolder folder;
  const std::string view = folder.path() / "view";
  std::ofstream(view) << "ansehen\n";
  ::chmod(view.c_str(), 0600);
  auto options = with_conduit("geheim");
  options.more_arguments.insert(
      options.more_arguments.end(),
      {"--view-password-file", view, "--conduit-folder", folder.path().string()});
  const support::OrielServer server(options);
  const auto target = conduit_of(server);
  const auto viewer = connect(target, "ansehen");
  EXPECT_TRUE(viewer->call("monitor.sample"));
  const auto refused = viewer->call("file_list");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, CallCode::kPermissionDenied);
  EXPECT_TRUE(connect(target, "geheim")->call("file_list"));
}

TEST(ConduitDoor, SpeaksTlsAndSaysWhomToTrust) {
  const support::TemporaryFolder state;
  auto options = with_conduit("geheim");
  options.more_arguments = {"--conduit", "0", "--tls", "on"};
  options.environment["XDG_STATE_HOME"] = state.path();
  const support::OrielServer server(options);
  std::smatch found;
  const auto output = server.output();
  ASSERT_TRUE(std::regex_search(output, found,
                                std::regex("Programs: oriel (methods tls://\\S+ --ca \\S+)\n")))
      << output;
  const auto methods = support::run({{"sh", "-c", support::oriel_program() + " " + found[1].str()},
                                     {{"ORIEL_PASSWORD", "geheim"}}});
  EXPECT_THAT(methods, HasSubstr("server.info"));
}

TEST(ConduitDoor, ListensOnIpv6) {
  auto options = with_conduit();
  options.more_arguments = {"--conduit", "[::1]:0"};
  const support::OrielServer server(options);
  const auto target = conduit_of(server);
  EXPECT_THAT(target, HasSubstr("tcp://[::1]:"));
  EXPECT_TRUE(connect(target, "")->call("server.info"));
}

TEST(ConduitDoor, MayBeAUnixSocket) {
  const support::TemporaryFolder folder;
  const std::string path = folder.path() / "conduit";
  auto options = with_conduit();
  options.more_arguments = {"--conduit", "unix:" + path};
  support::OrielServer server(options);
  EXPECT_EQ(conduit_of(server), "unix:" + path);
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_TRUE(connect("unix:" + path, "")->call("server.info"));
  server.stop();
  EXPECT_NE(::stat(path.c_str(), &status), 0);
}

TEST(ConduitDoor, HasRoomForAsManyAsItIsTold) {
  auto options = with_conduit();
  options.more_arguments = {"--conduit", "0", "--conduit-max-clients", "1"};
  const support::OrielServer server(options);
  const auto target = conduit_of(server);
  const auto first = connect(target, "");
  Client second({.target = target, .allow_no_password = true});
  EXPECT_FALSE(second.connect());
  EXPECT_TRUE(first->call("server.info"));
}

TEST(ConduitDoor, SendsTheErrorNumbersThatItIsTold) {
  auto options = with_conduit();
  options.more_arguments = {"--conduit", "0", "--conduit-error-numbers", "seed"};
  const support::OrielServer server(options);
  const auto client = connect(conduit_of(server), "");
  EXPECT_EQ(client->server_info().error_numbers, conduit::ErrorNumbers::kSeed);
}

// An IPv4 address of this machine that others can reach too; empty when there is none.
std::string address_for_others() {
  std::array<char, INET_ADDRSTRLEN> text{};
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return "";
  for (const auto* at = list; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_INET) continue;
    const auto address = reinterpret_cast<const sockaddr_in*>(at->ifa_addr)->sin_addr;
    if ((ntohl(address.s_addr) >> 24) == 127) continue;
    ::inet_ntop(AF_INET, &address, text.data(), text.size());
    break;
  }
  ::freeifaddrs(list);
  return text.data();
}

TEST(ConduitDoor, TakesTheBareHashFromElsewhereOnlyWhenToldTo) {
  const auto address = address_for_others();
  if (address.empty()) GTEST_SKIP() << "this machine has no address but loopback";
  for (const bool is_told : {false, true}) {
    auto options = with_conduit("geheim");
    options.more_arguments = {"--conduit", address + ":0", "--tls", "off"};
    if (is_told) options.more_arguments.push_back("--conduit-bare-hash");
    const support::OrielServer server(options);
    Client client({.target = conduit_of(server),
                   .password = "geheim",
                   .login = conduit::Login::kPasswordHash,
                   .allow_bare_hash = true,
                   .reconnect_enabled = false});
    EXPECT_EQ(client.connect().has_value(), is_told);
  }
}

TEST(ConduitDoor, DoesNotMakeAFolderThatIsNotThere) {
  auto options = with_conduit();
  options.more_arguments.insert(options.more_arguments.end(), {"--conduit-folder", "/nosuch"});
  try {
    const support::OrielServer server(options);
    FAIL() << "it starts";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("conduit.folder: /nosuch is no folder"));
  }
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

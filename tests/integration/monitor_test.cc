// The monitoring stream of the real program, seen by a bare WebSocket client: every field that the
// real formatters read, subscriptions, slow readers, limits, and who may come in.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <csignal>
#include <cstdlib>

#include "tests/integration/api_site.h"
#include "tests/support/monitor_socket.h"
#include "tests/support/wait_until.h"

namespace oriel {
namespace {

using boost::json::object;
using support::ChildProcess;
using support::MonitorSocket;
using support::wait_until;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

// `oriel monitor --serve` on a free port.
struct MonitorServer {
  explicit MonitorServer(std::vector<std::string> arguments = {}) {
    std::vector<std::string> all{support::oriel_program(), "monitor", "--serve", "127.0.0.1:0"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    process.emplace(support::Command{all, {{"XDG_CONFIG_HOME", folder.path()}}});
    EXPECT_TRUE(wait_until([&] { return process->output().contains("/\n"); })) << process->output();
    const auto output = process->output();
    const auto at = output.find("127.0.0.1:");
    port = at == std::string::npos ? 0 : std::atoi(output.c_str() + at + 10);
  }
  std::string private_file(const std::string& name, const std::string& text) const {
    const auto file = folder.path() / name;
    std::ofstream(file) << text << "\n";
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    return file;
  }

  support::TemporaryFolder folder;
  std::optional<ChildProcess> process;
  int port = 0;
};

double number(const boost::json::value& value) { return value.to_number<double>(); }

// Fields by the paths that the formatters use: "memory.percentage".
const boost::json::value* find(const object& data, const std::string& path) {
  const auto dot = path.find('.');
  const auto* section = data.if_contains(path.substr(0, dot));
  return section == nullptr ? nullptr : section->as_object().if_contains(path.substr(dot + 1));
}

void expect_percent(const object& data, const std::string& path) {
  const auto* value = find(data, path);
  ASSERT_NE(value, nullptr) << path;
  ASSERT_TRUE(value->is_double()) << path;
  EXPECT_GE(value->as_double(), 0) << path;
  EXPECT_LE(value->as_double(), 100) << path;
}

void expect_bytes(const object& data, const std::string& path) {
  const auto* value = find(data, path);
  ASSERT_NE(value, nullptr) << path;
  ASSERT_TRUE(value->is_int64() || value->is_uint64()) << path;
  EXPECT_GT(number(*value), 0) << path;
}

void expect_text(const object& data, const std::string& path) {
  const auto* value = find(data, path);
  ASSERT_NE(value, nullptr) << path;
  ASSERT_TRUE(value->is_string()) << path;
  EXPECT_FALSE(value->as_string().empty()) << path;
}

// What the real client's simple, compact and detailed formatters read, and its server sends.
void expect_fields_of_the_real_server(const object& data) {
  for (const auto* path : {"processor.usage_percent", "memory.percentage", "disk.percentage"})
    expect_percent(data, path);
  for (const auto* path :
       {"memory.total", "memory.available", "memory.used", "disk.total", "disk.used", "disk.free"})
    expect_bytes(data, path);
  for (const auto* path :
       {"system.os_name", "system.os_version", "system.os_release", "system.architecture",
        "system.platform", "system.machine", "system.hostname", "disk.path"})
    expect_text(data, path);
  EXPECT_GE(number(*find(data, "processor.logical_count")), 1);
  ASSERT_NE(find(data, "processor.core_count"), nullptr);  // may be null
  for (const auto* path : {"processor.frequency_current", "processor.frequency_max"})
    EXPECT_TRUE(find(data, path)->is_double()) << path;
  const auto& cores = find(data, "processor.per_core_usage")->as_array();
  EXPECT_EQ(cores.size(), number(*find(data, "processor.logical_count")));
  for (const auto& core : cores) EXPECT_TRUE(core.is_double());
  if (const auto* gpu = data.if_contains("gpu")) {
    for (const auto* key : {"name", "gpu_usage_percent", "memory_percentage", "memory_used",
                            "memory_total", "temperature"})
      EXPECT_TRUE(gpu->as_object().contains(key)) << key;
  }
}

// What the seed's text promises.
void expect_fields_of_the_seed(const object& data) {
  for (const auto* path : {"processor.usage_percent", "memory.usage_percent", "disk.usage_percent"})
    expect_percent(data, path);
  for (const auto* path : {"memory.used_gb", "memory.total_gb", "memory.available_gb",
                           "disk.used_gb", "disk.total_gb", "disk.free_gb"}) {
    ASSERT_NE(find(data, path), nullptr) << path;
    EXPECT_GT(number(*find(data, path)), 0) << path;
  }
  ASSERT_NE(find(data, "processor.frequency_mhz"), nullptr);
  expect_text(data, "disk.mount_point");
}

std::vector<std::string> keys_of(const object& document) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : document) keys.emplace_back(key);
  return keys;
}

// ---- what is sent -----------------------------------------------------------------------------

TEST(Monitor, SendsEveryFieldThatTheRealFormattersRead) {
  const MonitorServer server;
  MonitorSocket client(server.port, {.path = "/any/path", .fields = {}});
  ASSERT_EQ(client.status(), 101);
  const auto greeting = client.hear();
  ASSERT_TRUE(greeting);
  EXPECT_THAT(keys_of(*greeting), ElementsAre("type", "status", "timestamp", "message"));
  EXPECT_EQ(greeting->at("type"), "connection");
  EXPECT_EQ(greeting->at("message"), "Connected to monitoring server");
  const auto sample = client.hear();
  ASSERT_TRUE(sample);
  EXPECT_THAT(keys_of(*sample), ElementsAre("type", "timestamp", "data"));
  expect_fields_of_the_real_server(sample->at("data").as_object());
  expect_fields_of_the_seed(sample->at("data").as_object());
}

TEST(Monitor, SpeaksTheSeedsDialectToWhoSaysSo) {
  const MonitorServer server;
  MonitorSocket by_address(server.port, {.path = "/?dialect=seed", .fields = {}});
  const auto greeting = by_address.hear();
  ASSERT_TRUE(greeting);
  EXPECT_EQ(greeting->at("type"), "connection_message");
  EXPECT_THAT(keys_of(*by_address.hear("monitoring_data")),
              ElementsAre("timestamp", "type", "data"));

  MonitorSocket by_request(server.port);
  by_request.say(R"({"type":"subscribe","dialect":"seed","interval":0.1})");
  by_request.say("nonsense");
  const auto error = by_request.hear("error_message");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->at("error"), "Invalid message");
  EXPECT_EQ(error->at("severity"), "warning");
  const auto sample = by_request.hear("monitoring_data");
  ASSERT_TRUE(sample);
  EXPECT_EQ(keys_of(*sample).front(), "timestamp");
  expect_fields_of_the_seed(sample->at("data").as_object());
}

TEST(Monitor, AnswersRequestsAndStaysWhenTheyAreMalformed) {
  const MonitorServer server;
  MonitorSocket client(server.port);
  client.say(R"({"type": "ping"})");
  EXPECT_THAT(keys_of(*client.hear("pong")), ElementsAre("type", "timestamp"));
  client.say(R"({"type": "get_status"})");
  const auto status = client.hear("status");
  EXPECT_EQ(status->at("connected_clients"), 1);
  EXPECT_EQ(status->at("monitoring_active"), true);
  for (const std::string& text : {std::string("[1,2]"), std::string("{\"type\":\n\"nothing"),
                                  std::string(100'000, 'x'), std::string()}) {
    client.say(text);
    EXPECT_TRUE(client.hear("error")) << text.substr(0, 20);
  }
  client.say(R"({"type": "ping"})");
  EXPECT_TRUE(client.hear("pong"));
}

TEST(Monitor, ReadsBinaryMessagesAsText) {
  const MonitorServer server;
  MonitorSocket client(server.port);
  client.say_bytes("{\"type\": \"p\xff\"}");
  EXPECT_TRUE(client.hear("error"));
  client.say_bytes(R"({"type": "ping"})");
  EXPECT_TRUE(client.hear("pong"));
}

TEST(Monitor, SendsWhatIsSubscribedToAtItsIntervalAndAsDeltas) {
  const MonitorServer server;
  MonitorSocket client(server.port);
  client.say(
      R"({"type":"subscribe","metrics":["cpu","load","processes"],"interval":0.1,"delta":true,"top":3})");
  std::optional<object> sample;
  do sample = client.hear("monitoring_data");
  while (sample && !sample->contains("sequence"));
  ASSERT_TRUE(sample);
  const auto& data = sample->at("data").as_object();
  EXPECT_THAT(keys_of(data), ElementsAre("processor", "load", "processes"));
  EXPECT_EQ(data.at("processes").at("by_cpu").as_array().size(), 3u);
  expect_percent(data, "processor.usage_percent");
  auto seen = sample->at("sequence").as_int64();
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 5; ++i) {
    const auto delta = client.hear("monitoring_data");
    ASSERT_TRUE(delta);
    EXPECT_EQ(delta->at("delta"), true);
    EXPECT_EQ(delta->at("base"), seen);
    EXPECT_FALSE(delta->at("data").as_object().contains("model"));
    seen = delta->at("sequence").as_int64();
  }
  const auto took = std::chrono::steady_clock::now() - begun;
  EXPECT_GT(took, 350ms);
  EXPECT_LT(took, 2s);
}

TEST(Monitor, SendsTheHistorySince) {
  const MonitorServer server;
  MonitorSocket early(server.port);
  ASSERT_TRUE(early.hear("monitoring_data"));
  std::this_thread::sleep_for(1200ms);  // one sample a second is kept
  MonitorSocket late(server.port);
  late.say(R"({"type":"subscribe","metrics":["memory","net"],"interval":0.1,"since":0})");
  const auto past = late.hear("monitoring_data");
  ASSERT_TRUE(past);
  EXPECT_FALSE(past->contains("sequence"));
  EXPECT_THAT(keys_of(past->at("data").as_object()), ElementsAre("memory", "network"));
  std::optional<object> live;
  do live = late.hear("monitoring_data");
  while (live && !live->contains("sequence"));
  ASSERT_TRUE(live);
  EXPECT_LT(past->at("timestamp").as_string(), live->at("timestamp").as_string());
}

TEST(Monitor, SendsAReaderThatSleptTheNewestSampleAndNoBacklog) {
  const MonitorServer server;
  MonitorSocket sleeper(server.port, {.fields = {}, .receive_buffer_bytes = 2048});
  sleeper.say(R"({"type":"subscribe","interval":0.1})");
  ASSERT_TRUE(sleeper.hear("monitoring_data"));
  MonitorSocket awake(server.port);
  awake.say(R"({"type":"subscribe","metrics":["memory"],"interval":0.1})");
  ASSERT_TRUE(awake.hear("monitoring_data"));
  std::int64_t newest = 0;
  for (const auto& message : awake.hear_for(2500ms))
    if (message.contains("sequence")) newest = message.at("sequence").as_int64();
  ASSERT_GT(newest, 15);
  int old = 0;
  std::int64_t sequence = 0;
  while (sequence < newest) {
    const auto sample = sleeper.hear("monitoring_data");
    ASSERT_TRUE(sample);
    sequence = sample->contains("sequence") ? sample->at("sequence").as_int64() : 0;
    if (sequence < newest) ++old;
  }
  EXPECT_LE(old, 6);  // what lay in the kernel's buffers
}

TEST(Monitor, ReadsNothingWhileNobodyListens) {
  const ApiSite site(SiteDoor::kOpen, {.session = "", .desktop = "pattern"});
  const auto samples = [&] {
    const auto text = site.client->get("/metrics").body;
    const std::string name = "\noriel_monitor_samples_total ";
    return std::atof(text.c_str() + text.find(name) + name.size());
  };
  EXPECT_EQ(samples(), 0);
  {
    MonitorSocket client(site.server->http_port(), {.path = "/monitor", .fields = {}});
    ASSERT_TRUE(client.hear("monitoring_data"));
    EXPECT_GE(samples(), 2);
  }
  ASSERT_TRUE(wait_until(
      [&] { return site.client->get("/metrics").body.contains("\noriel_monitor_clients 0\n"); }));
  const auto before = samples();
  std::this_thread::sleep_for(1500ms);
  EXPECT_LE(samples(), before + 1);  // one may have been under way
}

// ---- who may come in --------------------------------------------------------------------------

TEST(Monitor, TellsTheClientBeyondTheLimitThatItIsFull) {
  const MonitorServer server({"--monitor-max-clients", "1"});
  MonitorSocket first(server.port);
  ASSERT_TRUE(first.hear());
  MonitorSocket second(server.port);
  EXPECT_EQ(second.status(), 101);
  EXPECT_TRUE(second.reads_to_the_end());
  EXPECT_EQ(second.close_code(), 1008);
  EXPECT_EQ(second.close_reason(), "Server at capacity");
  EXPECT_TRUE(first.hear("monitoring_data"));
}

std::map<std::string, std::string> authorization(const std::string& value) {
  return {{"Authorization", value}};
}

TEST(Monitor, AsksForAPasswordATokenOrALogIn) {
  const ApiSite site(
      SiteDoor::kGuarded,
      {.session = "", .desktop = "pattern", .more_arguments = {"--monitor", "127.0.0.1:0"}});
  const auto output = site.server->output();
  const std::string label = "Monitoring clients: ws://127.0.0.1:";
  ASSERT_THAT(output, HasSubstr(label));
  const int alone = std::atoi(output.c_str() + output.find(label) + label.size());
  for (const int port : {alone, site.server->http_port()}) {
    const auto status = [&](std::map<std::string, std::string> fields) {
      return MonitorSocket(port, {.path = "/monitor", .fields = std::move(fields)}).status();
    };
    EXPECT_EQ(status({}), 401);
    EXPECT_EQ(status(authorization("Bearer " + site.token())), 101);
    EXPECT_EQ(status(authorization("Bearer wrong")), 401);
    EXPECT_EQ(status(authorization("Basic YW55Ym9keTpnZWhlaW0=")), 101);  // anybody:geheim
    EXPECT_EQ(status(authorization("Basic Om51ci1ndWNrZW4=")), 101);      // :nur-gucken
    EXPECT_EQ(status(authorization("Basic YW55Ym9keTp3cm9uZw==")), 401);
    EXPECT_EQ(status(authorization("Basic %%%")), 401);
  }
  // The log-in of the page is for its own port.
  const auto reader = site.client->logged_in(kViewPassword);
  MonitorSocket client(site.server->http_port(),
                       {.path = "/monitor", .fields = {{"Cookie", reader.cookie()}}});
  ASSERT_EQ(client.status(), 101);
  ASSERT_TRUE(client.hear());
  reader.send("DELETE", "/api/v1/session");
  EXPECT_TRUE(client.reads_to_the_end());
  EXPECT_EQ(client.close_code(), 1008);
}

TEST(Monitor, MakesGuessersOfPasswordsWait) {
  const ApiSite site(SiteDoor::kGuarded, {.session = "", .desktop = "pattern"});
  int status = 0;
  for (int i = 0; i < 8 && status != 429; ++i)
    status = MonitorSocket(site.server->http_port(),
                           {.path = "/monitor", .fields = authorization("Basic eDp4")})
                 .status();
  EXPECT_EQ(status, 429);
}

TEST(Monitor, RefusesPagesAndNamesOfOthers) {
  const MonitorServer server;
  const auto status = [&](std::map<std::string, std::string> fields) {
    return MonitorSocket(server.port, {.fields = std::move(fields)}).status();
  };
  EXPECT_EQ(status({{"Origin", "http://evil.example"}}), 403);
  EXPECT_EQ(status({{"Host", "evil.example"}}), 403);
  EXPECT_EQ(status({{"Origin", fmt::format("http://127.0.0.1:{}", server.port)}}), 101);
}

TEST(Monitor, SpeaksWebSocketAloneAtItsOwnDoor) {
  const MonitorServer server;
  const support::HttpClient client(server.port);
  for (const auto* path : {"/", "/healthz", "/any"}) {
    const auto reply = client.get(path);
    EXPECT_EQ(reply.status, 426) << path;
    EXPECT_EQ(reply.field("upgrade"), "websocket");
  }
}

// ---- beginning and end ------------------------------------------------------------------------

TEST(Monitor, SaysGoodbyeAtTheEnd) {
  MonitorServer server;
  MonitorSocket client(server.port);
  ASSERT_TRUE(client.hear());
  ASSERT_EQ(::kill(server.process->pid(), SIGTERM), 0);
  EXPECT_TRUE(client.reads_to_the_end());
  EXPECT_EQ(client.close_code(), 1001);
  EXPECT_TRUE(wait_until([&] { return server.process->exit_code().has_value(); }));
  EXPECT_EQ(server.process->exit_code(), 0);
}

TEST(Monitor, RefusesToOpenToOthersWithoutAPassword) {
  for (const auto& [arguments, clause] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--serve", "0.0.0.0:0"}, "monitor.listen 0.0.0.0:0 is open to other machines"},
           {{"--serve", "nonsense"}, "--monitor: "},
           {{"--serve", "--desktop", "pattern"}, "--desktop has no effect"}}) {
    std::vector<std::string> all{support::oriel_program(), "monitor"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    ChildProcess process({all, {{"XDG_CONFIG_HOME", "/nonexistent"}}});
    ASSERT_TRUE(wait_until([&] { return process.exit_code().has_value(); }));
    EXPECT_EQ(process.exit_code(), 2);
    EXPECT_THAT(process.output(), HasSubstr(clause));
  }
}

TEST(Monitor, WantsTlsWhereItIsOpenToOthers) {
  support::TemporaryFolder folder;
  const MonitorServer server({"--tls", "on"});
  EXPECT_THAT(server.process->output(), HasSubstr("wss://127.0.0.1:"));
  EXPECT_EQ(MonitorSocket(server.port).status(), 403);
  EXPECT_EQ(support::HttpClient(server.port, "https").get("/").status, 426);
}

}  // namespace
}  // namespace oriel

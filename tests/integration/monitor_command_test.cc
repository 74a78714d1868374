// `oriel monitor` as its users start it: what it shows and saves, and how it ends, with scripted
// servers and with `oriel monitor --serve`.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "oriel/core/monitor/value.h"
#include "oriel/testing/golden.h"
#include "tests/support/oriel_server.h"
#include "tests/support/scripted_websocket_server.h"
#include "tests/support/wait_until.h"

namespace oriel {
namespace {

using monitor::parse_json;
using support::ChildProcess;
using support::ScriptedWebSocketServer;
using support::TemporaryFolder;
using support::wait_until;
using support::WebSocketScript;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;

const std::string kWelcome =
    R"({"type": "connection", "status": "connected", "timestamp": "2026-11-20T13:47:50.991384", )"
    R"("message": "Connected to monitoring server"})";

// What the real server sent once.
std::string captured() {
  auto text = testing::repository_text("oriel/app/monitor/testdata/real_server.json");
  text.pop_back();  // the line end
  return text;
}

WebSocketScript captured_stream() { return {.messages = {kWelcome, captured()}}; }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// `oriel monitor` with its output and its errors in files.
class MonitorCommand {
 public:
  explicit MonitorCommand(const std::string& arguments,
                          std::map<std::string, std::string> environment = {})
      : process_({{"sh", "-c",
                   fmt::format("exec {} monitor {} >{} 2>{}", support::oriel_program(), arguments,
                               file("out"), file("err"))},
                  std::move(environment)}) {}

  std::string output() const { return support::read_file(file("out")); }
  std::string errors() const { return support::read_file(file("err")); }
  bool shows(const std::string& text) const {
    return wait_until([&] { return output().find(text) != std::string::npos; });
  }
  std::optional<int> stop(int signal = SIGINT) { return process_.stop(signal, 5s); }
  // The exit code, without being asked to end.
  std::optional<int> end() {
    wait_until([&] { return process_.exit_code().has_value(); });
    return process_.exit_code();
  }
  std::string file(const std::string& name) const { return folder_.path() / name; }

 private:
  TemporaryFolder folder_;
  ChildProcess process_;
};

// `oriel monitor --serve` on a port.
class MonitorServer {
 public:
  explicit MonitorServer(int port = 0, std::vector<std::string> more_arguments = {},
                         std::map<std::string, std::string> environment = {})
      : process_({with({support::oriel_program(), "monitor", "--serve",
                        fmt::format("127.0.0.1:{}", port)},
                       std::move(more_arguments)),
                  std::move(environment)}) {
    const std::string start = "://127.0.0.1:";
    wait_until([&] {
      const auto output = process_.output();
      const auto at = output.find(start);
      if (at == output.npos || output.find('\n', at) == output.npos) return false;
      port_ = std::stoi(output.substr(at + start.size()));
      return true;
    });
    if (port_ == 0) throw std::runtime_error("no server: " + process_.output());
  }

  int port() const { return port_; }
  std::string uri() const { return fmt::format("ws://127.0.0.1:{}", port_); }
  void kill() { process_.stop(SIGKILL, 5s); }

 private:
  static std::vector<std::string> with(std::vector<std::string> first,
                                       std::vector<std::string> second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
  }

  ChildProcess process_;
  int port_ = 0;
};

// A port of this machine where nobody listens.
int closed_port() { return ScriptedWebSocketServer(WebSocketScript{}).port(); }

TEST(MonitorCommand, ShowsTheSimpleFormatUntilCtrlC) {
  ScriptedWebSocketServer server(captured_stream());
  MonitorCommand command(server.uri());
  EXPECT_TRUE(command.shows("CPU: 52.4% | RAM:  3.0% | Disk: 20.6%\n"));
  EXPECT_THAT(command.output(), StartsWith("[CONN] Connected to monitoring server\n"));
  EXPECT_EQ(command.stop(), 0);
  EXPECT_THAT(command.output(), Not(HasSubstr("\x1b")));  // no terminal, no colours
}

TEST(MonitorCommand, EndsWith10WhenNothingWasReachedInItsDuration) {
  MonitorCommand command(fmt::format("-d 0.3 ws://127.0.0.1:{}", closed_port()));
  EXPECT_EQ(command.end(), 10);
  EXPECT_THAT(command.errors(), HasSubstr("no server was reached before --duration was over"));
  ScriptedWebSocketServer server(captured_stream());
  MonitorCommand connected("-d 0.3 " + server.uri());
  EXPECT_EQ(connected.end(), 0);
}

TEST(MonitorCommand, ShowsTheOtherFormatsForPeople) {
  ScriptedWebSocketServer server(captured_stream());
  MonitorCommand compact("-f compact " + server.uri());
  MonitorCommand detailed("-f detailed " + server.uri());
  EXPECT_TRUE(compact.shows("[13:47:51] CPU:52% │ RAM: 3%(0.7/24G) │ DSK:21%\n"));
  EXPECT_TRUE(detailed.shows("Usage:  3.0% [█▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒] (0.7/23.5 GB)\n"));
}

TEST(MonitorCommand, PipesJsonLinesAsTheyCame) {
  ScriptedWebSocketServer server(captured_stream());
  MonitorCommand command("--json " + server.uri());
  EXPECT_TRUE(command.shows("hostname"));
  EXPECT_EQ(command.stop(), 0);
  EXPECT_EQ(command.output(), kWelcome + "\n" + captured() + "\n");
}

TEST(MonitorCommand, IndentsJsonWhenAsked) {
  ScriptedWebSocketServer server(captured_stream());
  MonitorCommand command("--format json --pretty " + server.uri());
  EXPECT_TRUE(command.shows("    \"memory\": {\n      \"total\": 25276514304,\n"));
}

TEST(MonitorCommand, EndsAfterItsDurationWithStatistics) {
  ScriptedWebSocketServer server(captured_stream());
  MonitorCommand command("--duration 0.5 --stats " + server.uri());
  EXPECT_EQ(command.end(), 0);
  EXPECT_THAT(command.output(),
              AllOf(HasSubstr("=== Client statistics ===\n"),
                    HasSubstr("Messages: 2 received, 0 sent\n"), HasSubstr("Errors: 0\n")));
}

TEST(MonitorCommand, ShowsStatisticsAsJson) {
  ScriptedWebSocketServer server(captured_stream());
  MonitorCommand command("--json --duration 500ms --stats " + server.uri());
  EXPECT_EQ(command.end(), 0);
  const auto last = lines_of(command.output()).back();
  const auto document = parse_json(last, last.size());
  ASSERT_TRUE(document) << last;
  const auto* statistics = document->find("statistics");
  ASSERT_NE(statistics, nullptr) << last;
  EXPECT_EQ(statistics->find("messages_received")->number_or(0), 2);
  EXPECT_GT(statistics->find("uptime_seconds")->number_or(0), 0);
}

TEST(MonitorCommand, EndsWith10WhenNobodyListens) {
  MonitorCommand command(fmt::format("--no-reconnect 127.0.0.1:{}", closed_port()));
  EXPECT_EQ(command.end(), 10);
  EXPECT_THAT(command.errors(), HasSubstr("oriel: "));
  EXPECT_THAT(command.errors(), HasSubstr("127.0.0.1"));
  EXPECT_EQ(command.output(), "");
}

TEST(MonitorCommand, TriesAgainNoOftenerThanItMay) {
  ScriptedWebSocketServer server(WebSocketScript{.status = 503});
  MonitorCommand command("--max-reconnects 2 --reconnect-interval 20ms " + server.uri());
  EXPECT_EQ(command.end(), 10);
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST(MonitorCommand, EndsWith11WhenTheConnectionIsLost) {
  auto script = captured_stream();
  script.hangs_up = true;
  ScriptedWebSocketServer server(script);
  MonitorCommand command("--no-reconnect " + server.uri());
  EXPECT_EQ(command.end(), 11);
  EXPECT_THAT(command.output(), HasSubstr("CPU: 52.4%"));
}

TEST(MonitorCommand, EndsWith11WhenTheServerDoesNotComeBack) {
  ScriptedWebSocketServer server([](int number) {
    return number == 0 ? WebSocketScript{.messages = {captured()}, .hangs_up = true}
                       : WebSocketScript{.status = 503};
  });
  MonitorCommand command("--max-reconnects 2 --reconnect-interval 20ms " + server.uri());
  EXPECT_EQ(command.end(), 11);
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST(MonitorCommand, EndsWith3WhenTheServerRefuses) {
  for (const int status : {401, 403}) {
    ScriptedWebSocketServer server(WebSocketScript{.status = status});
    MonitorCommand command(server.uri());
    EXPECT_EQ(command.end(), 3);
    EXPECT_THAT(command.errors(), HasSubstr(std::to_string(status)));
    EXPECT_EQ(server.requests().size(), 1u);
  }
}

TEST(MonitorCommand, EndsWith2OnAMistake) {
  for (const char* arguments :
       {"--formt json", "-f xml", "http://h", "--duration soon", "--save-data /missing/file",
        "--ca /missing.pem wss://h", "--password-file /missing h", "--format tui"}) {
    MonitorCommand command(arguments);
    EXPECT_EQ(command.end(), 2) << arguments;
    EXPECT_THAT(command.errors(), StartsWith("oriel: ")) << arguments;
  }
}

TEST(MonitorCommand, SavesWhatCameAsJsonLines) {
  ScriptedWebSocketServer server(captured_stream());
  const TemporaryFolder folder;
  const auto file = folder.path() / "data.jsonl";
  MonitorCommand command(fmt::format("--save-data {} --stats {}", file.string(), server.uri()));
  EXPECT_TRUE(command.shows("CPU"));
  EXPECT_EQ(command.stop(), 0);
  EXPECT_EQ(support::read_file(file), kWelcome + "\n" + captured() + "\n");
  EXPECT_THAT(command.errors(), HasSubstr("2 messages saved to " + file.string()));
}

TEST(MonitorCommand, SavesWhatIsShownWhenAsked) {
  ScriptedWebSocketServer server(captured_stream());
  const TemporaryFolder folder;
  const auto file = folder.path() / "data.log";
  MonitorCommand command(
      fmt::format("--save-data {} --save-formatted {}", file.string(), server.uri()));
  EXPECT_TRUE(wait_until([&] {
    return support::read_file(file) ==
           "[CONN] Connected to monitoring server\nCPU: 52.4% | RAM:  3.0% | Disk: 20.6%\n";
  }));
}

TEST(MonitorCommand, SaysAFullDiskOnceAndGoesOn) {
  ScriptedWebSocketServer server(captured_stream());
  MonitorCommand command("--save-data /dev/full --json " + server.uri());
  EXPECT_TRUE(command.shows("hostname"));
  EXPECT_EQ(command.stop(), 0);
  const auto errors = command.errors();
  const auto first = errors.find("No space left on device");
  EXPECT_NE(first, errors.npos) << errors;
  EXPECT_EQ(errors.find("No space left on device", first + 1), errors.npos) << errors;
}

TEST(MonitorCommand, ShowsSeveralServersSideBySide) {
  ScriptedWebSocketServer first(captured_stream());
  ScriptedWebSocketServer second(captured_stream());
  MonitorCommand command(fmt::format("{} {}", first.uri(), second.uri()));
  for (const auto port : {first.port(), second.port()})
    EXPECT_TRUE(
        command.shows(fmt::format("127.0.0.1:{} | CPU: 52.4% | RAM:  3.0% | Disk: 20.6%\n", port)));
  EXPECT_EQ(command.stop(), 0);
}

TEST(MonitorCommand, NamesTheServerInJsonOfSeveral) {
  ScriptedWebSocketServer first(captured_stream());
  ScriptedWebSocketServer second(captured_stream());
  MonitorCommand command(fmt::format("--json {} {}", first.uri(), second.uri()));
  EXPECT_TRUE(wait_until([&] { return lines_of(command.output()).size() == 4; }));
  for (const auto& line : lines_of(command.output())) {
    const auto message = parse_json(line, line.size());
    ASSERT_TRUE(message) << line;
    EXPECT_THAT(*message->find("host")->string(), StartsWith("127.0.0.1:"));
  }
}

TEST(MonitorCommand, KeepsTheOthersWhenOneServerIsLostForGood) {
  ScriptedWebSocketServer lost(WebSocketScript{.messages = {captured()}, .hangs_up = true});
  ScriptedWebSocketServer kept(captured_stream());
  MonitorCommand command(fmt::format("--no-reconnect {} {}", lost.uri(), kept.uri()));
  EXPECT_TRUE(wait_until([&] {
    return command.errors().find(fmt::format("127.0.0.1:{}: ", lost.port())) != std::string::npos;
  }));
  EXPECT_TRUE(command.shows(fmt::format("127.0.0.1:{} | CPU", kept.port())));
  EXPECT_EQ(command.stop(), 0);
}

TEST(MonitorCommand, WatchesTheFleet) {
  ScriptedWebSocketServer first(captured_stream());
  ScriptedWebSocketServer second(captured_stream());
  MonitorCommand command(
      fmt::format("--fleet-alert 'average(cpu) > 50, hosts 2' {} {}", first.uri(), second.uri()));
  EXPECT_TRUE(command.shows("[ALERT] High average processor usage: 52.4% (threshold: 50.0%)\n"));
}

// tests/support/alert_receiver.py, once it listens.
class AlertReceiver {
 public:
  explicit AlertReceiver(const std::string& kind)
      : process_({{"python3", ORIEL_ALERT_RECEIVER, kind}, {}}) {
    EXPECT_TRUE(wait_until([&] { return output().find('\n') != std::string::npos; })) << output();
  }
  int port() const {
    int port = 0;
    std::sscanf(output().c_str(), "port %d", &port);
    return port;
  }
  std::string output() const { return process_.output(); }
  bool says(std::string_view text) const {
    return wait_until([&] { return output().find(text) != std::string::npos; });
  }

 private:
  ChildProcess process_;
};

TEST(MonitorCommand, TellsOfAlertsOverSeveralHostsByEveryWay) {
  ScriptedWebSocketServer first(captured_stream());
  ScriptedWebSocketServer second(captured_stream());
  const AlertReceiver hook("http"), mail("smtp");
  const TemporaryFolder folder;
  MonitorCommand command(fmt::format(
      "--fleet-alert 'average(cpu) > 50, hosts 2' --alert-console --alert-file {0}/alerts.jsonl "
      "--alert-webhook http://127.0.0.1:{1}/hook --alert-email-server smtp://127.0.0.1:{2} "
      "--alert-email-tls=false --alert-email-from oriel@example.org --alert-email-to a@example.org "
      "{3} {4}",
      folder.path().string(), hook.port(), mail.port(), first.uri(), second.uri()));
  const std::string message = "High average processor usage: 52.4% (threshold: 50.0%)";
  EXPECT_TRUE(hook.says(message)) << hook.output();
  EXPECT_THAT(hook.output(), HasSubstr("\"host\": \"fleet\""));
  EXPECT_TRUE(mail.says("[fleet] WARNING: average processor usage")) << mail.output();
  EXPECT_TRUE(wait_until([&] {
    return support::read_file(folder.path() / "alerts.jsonl").find(message) != std::string::npos;
  }));
  EXPECT_TRUE(wait_until([&] {
    return command.errors().find("[fleet] WARNING " + message) != std::string::npos;
  })) << command.errors();
}

TEST(MonitorCommand, KeepsAlertLinesOutOfTheFullScreen) {
  MonitorCommand command(
      "--format tui --fleet-alert 'max(cpu) > 50' --alert-console ws://127.0.0.1:1");
  EXPECT_EQ(command.end(), 2);
  EXPECT_THAT(command.errors(), HasSubstr("--alert-console would write into the full screen"));
}

TEST(MonitorCommand, EndsQuietlyWhenNobodyReadsOn) {
  const WebSocketScript script{.messages = std::vector<std::string>(200, captured())};
  ScriptedWebSocketServer server(script);
  const TemporaryFolder folder;
  const std::string errors = folder.path() / "err", code = folder.path() / "code";
  ChildProcess shell({{"sh", "-c",
                       fmt::format("({} monitor --json {} 2>{}; echo $? >{}) | "
                                   "head -n 1 >{}",
                                   support::oriel_program(), server.uri(), errors, code,
                                   (folder.path() / "out").string())},
                      {}});
  EXPECT_TRUE(wait_until([&] { return shell.exit_code().has_value(); }));
  EXPECT_EQ(support::read_file(code), "0\n");
  EXPECT_EQ(support::read_file(errors), "");
}

TEST(MonitorCommand, ShowsHeadersAndPasswordToTheServer) {
  ScriptedWebSocketServer server(captured_stream());
  MonitorCommand command(
      fmt::format("--header 'X-API-Key: k1' ws://anna@127.0.0.1:{}/some/path", server.port()),
      {{"ORIEL_PASSWORD", "secret"}});
  EXPECT_TRUE(command.shows("CPU"));
  const auto request = server.requests().at(0);
  EXPECT_THAT(request, StartsWith("GET /some/path HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("X-API-Key: k1\r\n"));
  EXPECT_THAT(request, HasSubstr("Authorization: Basic YW5uYTpzZWNyZXQ=\r\n"));  // anna:secret
}

TEST(MonitorCommand, AsksForWhatTheFlagsSay) {
  ScriptedWebSocketServer server(captured_stream());
  MonitorCommand command("--metrics cpu,processes --interval 0.2 --delta --top 7 " + server.uri());
  ASSERT_TRUE(wait_until([&] { return !server.messages().empty(); }));
  const auto text = server.messages()[0];
  EXPECT_THAT(text, AllOf(HasSubstr("\"subscribe\""), HasSubstr("\"processor\", \"processes\""),
                          HasSubstr("\"interval\": 0.2"), HasSubstr("\"delta\": true"),
                          HasSubstr("\"top\": 7"), Not(HasSubstr("since"))));
}

TEST(MonitorCommand, AsksAfterALossOnlyForWhatItMissed) {
  const auto script = [](int number) {
    return WebSocketScript{.messages = {captured()}, .hangs_up = number == 0};
  };
  ScriptedWebSocketServer server(script);
  const auto start = std::chrono::system_clock::now().time_since_epoch();
  MonitorCommand command("--since 1h --reconnect-interval 20ms " + server.uri());
  ASSERT_TRUE(wait_until([&] { return !server.messages().empty(); }));
  const auto text = server.messages().back();  // of the second connection
  const auto request = parse_json(text, text.size());
  ASSERT_TRUE(request && request->find("since")) << text;
  EXPECT_GE(request->find("since")->number_or(0), std::chrono::duration<double>(start).count());
}

TEST(MonitorCommand, TakesServerAndFormatFromTheEnvironment) {
  ScriptedWebSocketServer server(captured_stream());
  MonitorCommand command(
      "", {{"MONITORING_WEBSOCKET_URI", server.uri()}, {"MONITORING_FORMAT", "json"}});
  EXPECT_TRUE(command.shows(kWelcome));
}

TEST(MonitorCommand, KeepsAHistoryInMemory) {
  ScriptedWebSocketServer server(WebSocketScript{.messages = {captured(), captured()}});
  MonitorCommand command("--history --stats --lines --json " + server.uri());
  EXPECT_TRUE(wait_until([&] { return lines_of(command.output()).size() == 2; }));
  EXPECT_EQ(command.stop(), 0);
  EXPECT_THAT(command.errors(), HasSubstr("2 messages in the history\n"));
}

TEST(MonitorCommand, GoesByItsOldNamesToo) {
  const TemporaryFolder folder;
  for (const char* name : {"monitoring-websocket-client", "monitoring-client"}) {
    const auto link = folder.path() / name;
    std::filesystem::create_symlink(support::oriel_program(), link);
    EXPECT_EQ(support::run({{link, "--help"}, {}}),
              support::run({{support::oriel_program(), "monitor", "--help"}, {}}));
  }
}

TEST(MonitorCommand, LogsIntoAFile) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "client.log";
  MonitorCommand command(fmt::format(
      "--max-reconnects 1 --reconnect-interval 10ms --verbose --log-file {} 127.0.0.1:{}",
      file.string(), closed_port()));
  EXPECT_EQ(command.end(), 10);
  EXPECT_THAT(support::read_file(file),
              AllOf(HasSubstr(" WARN  cannot connect"), HasSubstr(" DEBUG ")));
  EXPECT_EQ(lines_of(command.errors()).size(), 1u) << command.errors();  // why it ended
}

TEST(MonitorCommand, ShowsWhatTheRealServerSends) {
  MonitorServer server;
  MonitorCommand simple("--interval 0.1 " + server.uri());
  MonitorCommand json("--json --interval 0.1 --metrics cpu,memory,load --delta " + server.uri());
  EXPECT_TRUE(wait_until([&] { return lines_of(json.output()).size() > 5; }));
  EXPECT_TRUE(wait_until([&] { return lines_of(simple.output()).size() > 5; }));
  EXPECT_EQ(json.stop(), 0);
  EXPECT_EQ(simple.stop(), 0);
  for (const auto& line : lines_of(json.output())) {
    const auto message = parse_json(line, line.size());
    ASSERT_TRUE(message) << line;
    if (*message->find("type")->string() != "monitoring_data") continue;
    const auto* data = message->find("data");
    ASSERT_NE(data, nullptr);
    EXPECT_NE(data->find("load"), nullptr) << line;  // deltas are made whole
    EXPECT_NE(data->find("memory"), nullptr) << line;
    EXPECT_EQ(data->find("network"), nullptr) << line;
  }
  EXPECT_THAT(lines_of(simple.output()).back(),
              ContainsRegex("CPU: +[0-9.]+% [|] RAM: +[0-9.]+% [|] Disk: +[0-9.]+%"));
}

TEST(MonitorCommand, ComesInWithPasswordOrTokenOverTls) {
  const TemporaryFolder folder;
  const auto password = folder.path() / "password", token = folder.path() / "token";
  std::ofstream(password) << "secret\n";
  std::filesystem::permissions(password, std::filesystem::perms(0600));
  const MonitorServer server(
      0, {"--password-file", password.string(), "--token-file", token.string(), "--tls", "on"},
      {{"XDG_STATE_HOME", folder.path().string()}});
  const auto certificate = folder.path() / "oriel/tls/self-signed.crt";
  const auto target =
      fmt::format("--ca {} wss://127.0.0.1:{}", certificate.string(), server.port());

  EXPECT_EQ(MonitorCommand(target).end(), 3);
  MonitorCommand with_password(fmt::format("--password-file {} {}", password.string(), target));
  MonitorCommand with_token(fmt::format("--token-file {} {}", token.string(), target));
  EXPECT_TRUE(with_password.shows("CPU"));
  EXPECT_TRUE(with_token.shows("CPU"));
  MonitorCommand without_ca(fmt::format("wss://127.0.0.1:{}", server.port()));
  EXPECT_EQ(without_ca.end(), 10);
  EXPECT_THAT(without_ca.errors(), HasSubstr("certificate"));
}

TEST(MonitorCommand, FindsAServerAgainThatWasKilled) {
  auto server = std::make_unique<MonitorServer>();
  const int port = server->port();
  MonitorCommand command(
      fmt::format("--json --interval 0.1 --reconnect-interval 50ms {}", server->uri()));
  EXPECT_TRUE(command.shows("monitoring_data"));
  server->kill();
  EXPECT_TRUE(wait_until([&] { return command.errors().find(" WARN ") != std::string::npos; }));
  const auto before = lines_of(command.output()).size();
  server = std::make_unique<MonitorServer>(port);
  EXPECT_TRUE(wait_until([&] { return lines_of(command.output()).size() > before + 3; }));
  EXPECT_EQ(command.stop(SIGTERM), 0);
}

}  // namespace
}  // namespace oriel

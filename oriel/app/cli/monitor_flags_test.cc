#include "oriel/app/cli/monitor_flags.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/testing/golden.h"

namespace oriel::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

Result<MonitorOptions> parse(std::vector<const char*> arguments,
                             const config::Environment& environment = {}) {
  return parse_monitor_arguments(arguments, environment);
}

std::string error_of(std::vector<const char*> arguments) {
  const auto options = parse(std::move(arguments));
  return options ? "no error" : options.error().message;
}

TEST(MonitorFlags, HaveTheSeedsDefaults) {
  const auto options = parse({}).value();
  EXPECT_THAT(options.uris, ElementsAre("ws://localhost:8765"));
  EXPECT_TRUE(options.reconnect);
  EXPECT_EQ(options.reconnect_interval, 5s);
  EXPECT_EQ(options.max_reconnects, std::nullopt);
  EXPECT_EQ(options.ping_interval, 30s);
  EXPECT_EQ(options.format, monitor::Format::kSimple);
  EXPECT_TRUE(options.has_color);
  EXPECT_EQ(options.duration, std::nullopt);
  EXPECT_EQ(options.log_level, config::LogLevel::kInfo);
}

TEST(MonitorFlags, TakeEveryFlagOfTheSeedInItsForms) {
  const auto options =
      parse({"-u", "ws://h:9090", "--no-reconnect", "--reconnect-interval", "10",
             "--max-reconnects=5", "--ping-interval", "60", "-fcompact", "--no-color",
             "--save-data", "m.log", "--history", "-d", "60", "-s", "-v", "--log-file", "c.log"})
          .value();
  EXPECT_THAT(options.uris, ElementsAre("ws://h:9090"));
  EXPECT_FALSE(options.reconnect);
  EXPECT_EQ(options.reconnect_interval, 10s);
  EXPECT_EQ(options.max_reconnects, 5u);
  EXPECT_EQ(options.ping_interval, 60s);
  EXPECT_EQ(options.format, monitor::Format::kCompact);
  EXPECT_FALSE(options.has_color);
  EXPECT_EQ(options.save_file, "m.log");
  EXPECT_TRUE(options.keeps_history);
  EXPECT_EQ(options.duration, 60s);
  EXPECT_TRUE(options.shows_statistics);
  EXPECT_EQ(options.log_level, config::LogLevel::kDebug);
  EXPECT_EQ(options.log_file, "c.log");
}

TEST(MonitorFlags, TakeSeveralServersInEachForm) {
  const auto options = parse({"web1", "web2:9090", "wss://h.example/monitor", "[::1]"}).value();
  EXPECT_THAT(options.uris, ElementsAre("ws://web1:8765", "ws://web2:9090",
                                        "wss://h.example/monitor", "ws://[::1]:8765"));
}

TEST(MonitorFlags, TakeTheSeedsEnvironment) {
  const auto options = parse({}, {{"MONITORING_WEBSOCKET_URI", "ws://e:1"},
                                  {"MONITORING_FORMAT", "detailed"},
                                  {"MONITORING_LOG_LEVEL", "DEBUG"},
                                  {"MONITORING_LOG_FILE", "/var/log/monitoring.log"}})
                           .value();
  EXPECT_THAT(options.uris, ElementsAre("ws://e:1"));
  EXPECT_EQ(options.format, monitor::Format::kDetailed);
  EXPECT_EQ(options.log_level, config::LogLevel::kDebug);
  EXPECT_EQ(options.log_file, "/var/log/monitoring.log");
}

TEST(MonitorFlags, BeatTheEnvironment) {
  const auto options = parse({"h", "-f", "json"}, {{"MONITORING_WEBSOCKET_URI", "ws://e:1"},
                                                   {"MONITORING_FORMAT", "detailed"}})
                           .value();
  EXPECT_THAT(options.uris, ElementsAre("ws://h:8765"));
  EXPECT_EQ(options.format, monitor::Format::kJson);
}

TEST(MonitorFlags, NameTheSourceOfABadValue) {
  EXPECT_THAT(parse({}, {{"MONITORING_FORMAT", "xml"}}).error().message,
              StartsWith("MONITORING_FORMAT: unknown format xml"));
  EXPECT_THAT(error_of({"-d", "soon"}), StartsWith("-d: \"soon\" is no such time"));
}

TEST(MonitorFlags, SuggestForAnUnknownOne) {
  EXPECT_EQ(error_of({"--formt", "json"}), "unknown flag --formt, did you mean --format");
  EXPECT_THAT(error_of({"-x"}), StartsWith("unknown flag -x, expected one of --help"));
}

TEST(MonitorFlags, WantTheirValues) {
  EXPECT_EQ(error_of({"--uri"}), "--uri needs a value: --uri URI");
}

TEST(MonitorFlags, TakeSwitchesBack) {
  const auto options = parse({"--no-color", "--no-color=false", "--stats=false"}).value();
  EXPECT_EQ(options, parse({}).value());
}

TEST(MonitorFlags, RefuseAServerThatIsGivenTwice) {
  EXPECT_EQ(error_of({"h", "ws://h:8765"}), "ws://h:8765 is given twice");
}

TEST(MonitorFlags, TakeThePasswordFromTheEnvironmentOnly) {
  EXPECT_EQ(parse({}, {{"ORIEL_PASSWORD", "secret"}})->password.reveal(), "secret");
  EXPECT_THAT(parse({}, {{"ORIEL_PASSWORD", ""}}).error().message, HasSubstr("ORIEL_PASSWORD"));
  EXPECT_THAT(error_of({"--password", "secret"}), StartsWith("unknown flag --password"));
}

TEST(MonitorFlags, TakeFleetRulesOnlyWhenTheyParse) {
  EXPECT_EQ(parse({"--fleet-alert", "average(cpu) > 80", "--fleet-alert", "max(memory) > 90"})
                ->fleet_rules.size(),
            2u);
  EXPECT_THAT(error_of({"--fleet-alert", "mood > 3"}), StartsWith("--fleet-alert: "));
}

TEST(MonitorFlags, SayWhoIsToldOfFleetAlertsInTheServersWords) {
  const auto options =
      parse({"--fleet-alert", "average(cpu) > 80", "--alert-console", "--alert-file", "a.jsonl",
             "--alert-webhook", "https://h.example/x", "--alert-email-server",
             "smtp://m.example:25", "--alert-email-from", "o@x.example", "--alert-email-to",
             "a@x.example", "--alert-email-tls=false", "--alert-email-level", "critical"},
            {{"ORIEL_ALERT_WEBHOOK_HEADER", "X-Key: k"}})
          .value();
  EXPECT_TRUE(options.alert.console);
  EXPECT_EQ(options.alert.file, "a.jsonl");
  EXPECT_EQ(options.alert.webhook, "https://h.example/x");
  EXPECT_EQ(options.alert.webhook_header.reveal(), "X-Key: k");
  EXPECT_EQ(options.alert.email_server, "smtp://m.example:25");
  EXPECT_FALSE(options.alert.email_tls);
  EXPECT_EQ(options.alert.email_level, monitor::AlertLevel::kCritical);
}

TEST(MonitorFlags, RefuseToTellOfAlertsThatNobodyWatches) {
  EXPECT_THAT(error_of({"--alert-file", "a.jsonl"}), HasSubstr("--fleet-alert"));
  EXPECT_TRUE(parse({}, {{"ORIEL_ALERT_FILE", "a.jsonl"}}));  // perhaps for a server here
}

TEST(MonitorFlags, TakeNoSecretAndNoRulesOfAServer) {
  EXPECT_THAT(error_of({"--alert-email-password", "x"}), StartsWith("unknown flag"));
  EXPECT_THAT(error_of({"--alert-rules", "none"}), StartsWith("unknown flag"));
}

class EveryMonitorFlag : public ::testing::TestWithParam<MonitorFlag> {};

INSTANTIATE_TEST_SUITE_P(Table, EveryMonitorFlag,
                         ::testing::ValuesIn(monitor_flags().begin(), monitor_flags().end()),
                         [](const auto& row) {
                           std::string name(row.param.name.empty() ? row.param.environment
                                                                   : row.param.name);
                           std::erase_if(name, [](char c) { return c == '-' || c == '_'; });
                           return name;
                         });

TEST_P(EveryMonitorFlag, ChangesTheOptionsByItsExampleAndNotByItsDefault) {
  const auto& flag = GetParam();
  MonitorOptions options;
  ASSERT_TRUE(flag.set(options, flag.example)) << flag.example;
  EXPECT_NE(options, MonitorOptions());
  if (flag.preset.empty() || flag.name == "--uri") return;  // the default server comes at the end
  MonitorOptions same;
  ASSERT_TRUE(flag.set(same, flag.preset));
  EXPECT_EQ(same, MonitorOptions());
}

TEST_P(EveryMonitorFlag, IsTakenFromTheEnvironmentWhenItHasAVariable) {
  const auto& flag = GetParam();
  if (flag.environment.empty()) return;
  const config::Environment environment{{std::string(flag.environment), std::string(flag.example)}};
  EXPECT_NE(parse({}, environment).value(), parse({}).value());
}

TEST(MonitorHelp, ShowsExamplesFirst) {
  const auto help = monitor_help();
  EXPECT_EQ(testing::golden_text("tests/golden/monitor_help.txt", help), help);
  EXPECT_LT(help.find("Examples:"), help.find("Usage:"));
}

TEST(MonitorHelp, IsTheDocumentedTable) {
  const auto text = monitor_markdown();
  EXPECT_EQ(testing::golden_text("docs/monitor_command.md", text), text);
}

}  // namespace
}  // namespace oriel::cli

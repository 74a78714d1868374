// The examples of the client library, run against the real server, and against none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <regex>

#include "tests/support/child_process.h"
#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"

namespace oriel::support {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;

// `oriel monitor --serve` on a free port.
class MonitorServer {
 public:
  MonitorServer() : process_({{oriel_program(), "monitor", "--serve", "127.0.0.1:0"}, {}}) {
    static const std::regex kUri("ws://127\\.0\\.0\\.1:[0-9]+");
    wait_until([&] {
      const auto output = process_.output();
      std::smatch found;
      if (std::regex_search(output, found, kUri)) uri_ = found.str();
      return !uri_.empty() || process_.exit_code().has_value();
    });
    EXPECT_FALSE(uri_.empty()) << process_.output();
  }
  const std::string& uri() const { return uri_; }

 private:
  ChildProcess process_;
  std::string uri_;
};

struct Ran {
  int exit_code;
  std::string output;
};

Ran run_example(const std::string& name, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), std::string(ORIEL_EXAMPLES) + "/" + name);
  ChildProcess process({arguments, {}});
  std::optional<int> exit_code;
  wait_until([&] { return (exit_code = process.exit_code()).has_value(); });
  return {exit_code.value_or(-1), process.output()};
}

TEST(MonitorExamples, ShowFiguresStatesAndStatistics) {
  const MonitorServer server;
  const auto basic = run_example("monitor_basic", {server.uri(), "1.5"});
  EXPECT_EQ(basic.exit_code, 0) << basic.output;
  EXPECT_THAT(basic.output, AllOf(HasSubstr("connecting -> connected"), HasSubstr("CPU:"),
                                  HasSubstr("\"current_state\": \"connected\"")));
  const auto simple = run_example("monitor_simple", {server.uri(), "1.5"});
  EXPECT_EQ(simple.exit_code, 0) << simple.output;
  EXPECT_THAT(simple.output, HasSubstr("CPU: "));
}

TEST(MonitorExamples, WatchSeveralServersAtOnce) {
  const MonitorServer one, other;
  const auto cluster = run_example("monitor_cluster", {"1.5", "-1", one.uri(), other.uri()});
  EXPECT_EQ(cluster.exit_code, 0) << cluster.output;
  EXPECT_THAT(cluster.output, AllOf(HasSubstr("average CPU of 2 servers: "),
                                    HasSubstr("CLUSTER ALERT: high CPU: ")));
}

TEST(MonitorExamples, WaitForMessagesInACoroutine) {
  const MonitorServer server;
  const auto ran = run_example("monitor_coroutine", {server.uri(), "3"});
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("load: {"));
}

TEST(MonitorExamples, SaveInADatabase) {
  const MonitorServer server;
  const TemporaryFolder folder;
  const auto ran = run_example("monitor_database",
                               {(folder.path() / "monitoring.db").string(), server.uri(), "1.5"});
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, AllOf(HasSubstr("CPU "), HasSubstr("Disk ")));
}

TEST(MonitorExamples, WriteOneMailForWhatIsBeyondAThreshold) {
  const MonitorServer server;
  const auto ran =
      run_example("monitor_alerts", {server.uri(), "1.5", "ram=0", "cpu=101", "disk=101"});
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("Subject: [monitored host] WARNING: RAM usage "));
  EXPECT_THAT(ran.output, HasSubstr("High RAM usage: "));
  EXPECT_EQ(ran.output.find("Subject"), ran.output.rfind("Subject"));
}

TEST(MonitorExamples, SendThatMailWhenThereIsAMailServer) {
  const MonitorServer server;
  ChildProcess mail({{"python3", ORIEL_ALERT_RECEIVER, "smtp"}, {}});
  int port = 0;
  ASSERT_TRUE(
      wait_until([&] { return std::sscanf(mail.output().c_str(), "port %d", &port) == 1; }));
  const auto ran =
      run_example("monitor_alerts", {server.uri(), "1.5", "ram=0", "cpu=101", "disk=101",
                                     "server=smtp://127.0.0.1:" + std::to_string(port),
                                     "from=oriel@example.org", "to=admin@example.org", "tls=off"});
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_TRUE(wait_until([&] {
    return mail.output().find("High RAM usage: ") != std::string::npos;
  })) << mail.output();
  EXPECT_THAT(mail.output(), AllOf(HasSubstr("[monitored host] WARNING: RAM usage"),
                                   HasSubstr("TO:<admin@example.org>")));
  EXPECT_EQ(ran.output.find("Subject"), std::string::npos) << "printed and not sent";
}

TEST(MonitorExamples, RefuseAMailServerWithoutAnAddress) {
  const auto ran =
      run_example("monitor_alerts", {"ws://127.0.0.1:1", "1", "server=smtp://127.0.0.1:25"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.output, HasSubstr("alert.email_from"));
}

TEST(MonitorExamples, GiveUpAfterBoundedRetriesAndGoOnWithAServer) {
  const auto without = run_example("monitor_robust", {"ws://127.0.0.1:1", "5", "0.01"});
  EXPECT_EQ(without.exit_code, 10);
  EXPECT_THAT(without.output,
              AllOf(HasSubstr("Attempt 5 failed: cannot connect to 127.0.0.1:1: Connection "
                              "refused (given up after 3 attempts to reconnect)"),
                    HasSubstr("All attempts failed")));
  const MonitorServer server;
  const auto with = run_example("monitor_robust", {server.uri(), "1.5"});
  EXPECT_EQ(with.exit_code, 0) << with.output;
  EXPECT_THAT(with.output, HasSubstr("CPU: "));
}

}  // namespace
}  // namespace oriel::support

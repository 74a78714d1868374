// The pure pieces of the supervisor.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "oriel/io/desktop/process_tree.h"
#include "oriel/io/desktop/restart_policy.h"
#include "oriel/io/desktop/session_plan.h"
#include "oriel/io/desktop/supervisor_message.h"
#include "oriel/io/desktop/x_lock.h"

namespace oriel::desktop {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(XLock, ReadsThePaddedProcessId) {
  EXPECT_EQ(parse_x_lock("      4711\n"), 4711);
  EXPECT_EQ(parse_x_lock("4711"), 4711);
}

TEST(XLock, ReadsNothingFromAnythingElse) {
  for (const char* text :
       {"", "\n", "          \n", "x", "-5\n", "0\n", "12 13\n", "99999999999\n", "12\n\n"}) {
    EXPECT_FALSE(parse_x_lock(text)) << text;
  }
}

TEST(ProcessTree, ReadsStateAndParentBehindANameOfAnyForm) {
  EXPECT_EQ(parse_process_status("42 (sh) S 7 42"), (ProcessStatus{42, 7, 'S'}));
  EXPECT_EQ(parse_process_status("42 (a) Z 9 (b) (x\n) R 8 1"), (ProcessStatus{42, 8, 'R'}));
}

TEST(ProcessTree, ReadsNothingFromATruncatedLine) {
  const std::string_view whole = "42 (sh) S 7 ";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse_process_status(whole.substr(0, size))) << size;
  }
  EXPECT_TRUE(parse_process_status(whole));
}

TEST(ProcessTree, ReadsNoGroupOfProcesses) {
  for (const char* text : {"0 (sh) S 1 ", "-1 (sh) S 1 ", "42 (sh) S -1 "}) {
    EXPECT_FALSE(parse_process_status(text)) << text;
  }
  EXPECT_TRUE(parse_process_status("42 (sh) S 0 "));
}

TEST(ProcessTree, FindsAllGenerationsButNoZombiesAndNoOthers) {
  const std::vector<ProcessStatus> processes{{1, 0, 'S'},   {10, 1, 'S'},  {11, 10, 'S'},
                                             {12, 11, 'Z'}, {13, 12, 'R'}, {20, 1, 'S'},
                                             {21, 20, 'S'}, {14, 10, 'T'}};
  EXPECT_THAT(descendants_of(10, processes), ElementsAre(11, 13, 14));
  EXPECT_THAT(descendants_of(21, processes), ElementsAre());
}

TEST(RestartPolicy, AllowsThreeRestartsInAnyMinute) {
  RestartPolicy policy;
  const TimePoint start{};
  using std::chrono::seconds;
  EXPECT_TRUE(policy.allow(start));
  EXPECT_TRUE(policy.allow(start + seconds(10)));
  EXPECT_TRUE(policy.allow(start + seconds(20)));
  EXPECT_FALSE(policy.allow(start + seconds(59)));
  EXPECT_TRUE(policy.allow(start + seconds(60)));
  EXPECT_FALSE(policy.allow(start + seconds(69)));
  EXPECT_TRUE(policy.allow(start + seconds(70)));
}

FindProgram installed(std::set<std::string> names) {
  return [names = std::move(names)](const std::string& name) -> std::optional<std::string> {
    if (!names.contains(name)) return std::nullopt;
    return "/usr/bin/" + name;
  };
}

TEST(SessionPlan, RunsTheCommandUnderDbusWhenThatIsInstalled) {
  const SessionWish wish{"my desktop", "/home/u/.config/oriel/session", {1280, 800}};
  EXPECT_THAT(*plan_session(wish, installed({"dbus-run-session", "openbox"})),
              ElementsAre("/usr/bin/dbus-run-session", "--", "/bin/sh", "-c", "my desktop"));
  EXPECT_THAT(*plan_session(wish, installed({})), ElementsAre("/bin/sh", "-c", "my desktop"));
}

TEST(SessionPlan, PrefersTheUsersFileToItsOwnSession) {
  EXPECT_THAT(*plan_session({"", "/home/u/s", {}}, installed({"openbox", "xterm"})),
              ElementsAre("/home/u/s"));
}

TEST(SessionPlan, TakesAnyWindowManagerAndTerminalThatAreThere) {
  const SessionWish wish{"", "", {1280, 800}};
  EXPECT_EQ(plan_session(wish, installed({"openbox", "xterm", "twm"}))->back(),
            "exec openbox --startup \"sh -c 'while kill -0 $$ 2>/dev/null; do xterm -geometry "
            "160x46+80+66; sleep 1; done'\"");
  EXPECT_EQ(plan_session(wish, installed({"x-terminal-emulator", "twm"}))->back(),
            "{ sleep 1; while kill -0 $$ 2>/dev/null; do x-terminal-emulator; sleep 1; done; } & "
            "exec twm");
  EXPECT_THAT(plan_session(wish, installed({"openbox", "xterm", "fc-match"}))->back(),
              HasSubstr("xterm -fa Monospace -fs 11 -geometry 106x33+80+66;"));
  EXPECT_THAT(plan_session(wish, installed({"twm"}))->back(), "exec twm");
  EXPECT_THAT(plan_session(wish, installed({"x-terminal-emulator"}))->back(),
              "exec x-terminal-emulator");
}

TEST(SessionPlan, SaysWhatToInstallWhenThereIsNothingToRun) {
  const auto plan = plan_session({"", "", {1280, 800}}, installed({"dbus-run-session"}));
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error().message, HasSubstr("apt-get install openbox xterm"));
}

TEST(SessionPlan, PointsTheEnvironmentToThePrivateDisplayOnly) {
  const Environment base{{"DISPLAY", ":0"},
                         {"WAYLAND_DISPLAY", "wayland-0"},
                         {"DBUS_SESSION_BUS_ADDRESS", "x"},
                         {"LANG", "de_DE.UTF-8"},
                         {"XDG_RUNTIME_DIR", "/run/user/5"},
                         {"ORIEL_PASSWORD", "secret"},
                         {"HOME", "/home/u"}};
  EXPECT_EQ(plan_environment(base, {57, "/p/Xauthority", "/p/runtime", true}),
            (Environment{{"DISPLAY", ":57"},
                         {"XAUTHORITY", "/p/Xauthority"},
                         {"XDG_SESSION_TYPE", "x11"},
                         {"XDG_RUNTIME_DIR", "/run/user/5"},
                         {"LANG", "de_DE.UTF-8"},
                         {"HOME", "/home/u"}}));
}

TEST(SessionPlan, GivesAUtf8LocaleAndARuntimeFolderWhereTheyAreMissing) {
  for (const Environment& base :
       {Environment{}, Environment{{"LC_ALL", "C"}, {"LANG", "en_US.UTF-8"}},
        Environment{{"LANG", "POSIX"}}}) {
    const auto environment = plan_environment(base, {1, "a", "/p/runtime", false});
    EXPECT_EQ(environment.at("LANG"), "C.UTF-8");
    EXPECT_FALSE(environment.contains("LC_ALL"));
    EXPECT_EQ(environment.at("XDG_RUNTIME_DIR"), "/p/runtime");
  }
}

TEST(SupervisorMessage, CarriesTheConfigurationThroughItsArguments) {
  for (const HeadlessConfig& config :
       {HeadlessConfig{}, HeadlessConfig{{1, 2}, {32767, 32767}, 0, "a = b; 'c'"},
        HeadlessConfig{{800, 600}, {800, 600}, 59535, ""},
        HeadlessConfig{{800, 600}, {800, 600}, {}, "", 1024}}) {
    const auto arguments = write_supervisor_arguments(config);
    std::vector<const char*> pointers;
    for (const auto& argument : arguments) pointers.push_back(argument.c_str());
    EXPECT_EQ(parse_supervisor_arguments(pointers), config);
  }
}

TEST(SupervisorMessage, RefusesArgumentsThatItDoesNotKnow) {
  for (const char* argument :
       {"", "--geometry", "--geometry=", "--geometry=0x5", "--geometry=5x32768", "--geometry=5x5x5",
        "--display=-1", "--display=59536", "--display=a", "--session=", "--open-files=0",
        "--open-files=-1", "--other=1", "session"}) {
    EXPECT_FALSE(parse_supervisor_arguments(std::vector<const char*>{argument})) << argument;
  }
}

TEST(SupervisorMessage, CarriesWhatIsReady) {
  ReadyMessage ready{57, {1, 2, 255, 16}, 4711, "/run/user/0/oriel 0"};
  EXPECT_EQ(parse_supervisor_message(write_ready(ready)), (SupervisorMessage{ready}));
}

TEST(SupervisorMessage, RefusesADisplayOrAProcessThatCannotBe) {
  for (const ReadyMessage& ready :
       {ReadyMessage{-1, {}, 4711, "/"}, ReadyMessage{59536, {}, 1, "/"},
        ReadyMessage{0, {}, 0, "/"}, ReadyMessage{0, {}, -1, "/"}}) {
    EXPECT_FALSE(parse_supervisor_message(write_ready(ready))) << write_ready(ready);
  }
  EXPECT_TRUE(parse_supervisor_message(write_ready({59535, {}, 1, "/"})));
}

TEST(SupervisorMessage, RefusesEveryTruncationOfReadyAndNamesNoSecret) {
  const std::string whole = write_ready({57, {1, 2, 255, 16}, 4711, "/"});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto message = parse_supervisor_message(whole.substr(0, size));
    ASSERT_FALSE(message) << size;
    EXPECT_THAT(message.error().message, Not(HasSubstr("0102ff")));
  }
}

TEST(SupervisorMessage, CarriesTextOnOneLineOfBoundedLength) {
  const auto message = parse_supervisor_message(write_text(SupervisorWord::kLog, "a\tb\nc  d"));
  EXPECT_EQ(message, (SupervisorMessage{{}, SupervisorWord::kLog, "a b c  d"}));
  EXPECT_EQ(write_text(SupervisorWord::kLost, std::string(10'000, 'x')).size(), 4096u);
}

}  // namespace
}  // namespace oriel::desktop

// The commands that drive a desktop, as their users start them, against the real server.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "oriel/testing/certificates.h"
#include "tests/support/oriel_server.h"
#include "tests/support/picture.h"
#include "tests/support/wait_until.h"

namespace oriel {
namespace {

using support::ChildProcess;
using support::OrielServer;
using support::wait_until;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kPngSignature = "\x89PNG\r\n";

struct Ended {
  std::optional<int> code;
  std::string output;
  std::string errors;
};

class DriveCommand : public ::testing::Test {
 protected:
  DriveCommand() {
    // Sessions want their folder short, and for them alone.
    std::filesystem::create_directory(runtime_);
    ::chmod(runtime_.c_str(), 0700);
  }
  ~DriveCommand() override { run("session stop --all"); }

  // Runs on; its streams go to files NAME.out and NAME.err.
  std::unique_ptr<ChildProcess> start(const std::string& name, const std::string& arguments,
                                      const std::string& password = "") {
    support::Command command{
        {"sh", "-c",
         fmt::format("cd {0}; exec >{1}.out 2>{1}.err </dev/null; exec {2} {3}",
                     folder_.path().string(), name, support::oriel_program(), arguments)},
        {{"XDG_RUNTIME_DIR", runtime_.string()},
         {"XDG_CONFIG_HOME", folder_.path().string()},
         {"ORIEL_CONFIG", config_},
         {"ORIEL_PASSWORD", password}}};
    return std::make_unique<ChildProcess>(command);
  }
  Ended ended(ChildProcess& process, const std::string& name) {
    wait_until([&] { return process.exit_code().has_value(); });
    return {process.exit_code(), support::read_file(folder_.path() / (name + ".out")),
            support::read_file(folder_.path() / (name + ".err"))};
  }
  Ended run(const std::string& arguments, const std::string& password = "") {
    const auto process = start("run", arguments, password);
    return ended(*process, "run");
  }
  Ended at_target(std::string_view command, const std::string& rest,
                  const std::string& password = "") {
    return run(fmt::format("{} {} {}", command, target(), rest), password);
  }

  void serve(const std::string& password = "") {
    support::ServerOptions options;
    options.desktop = "pattern";
    if (!password.empty()) options.environment = {{"ORIEL_PASSWORD", password}};
    server_.emplace(options);
  }
  std::string target() const { return fmt::format("127.0.0.1::{}", server_->vnc_port()); }

  support::TemporaryFolder folder_;
  // Never the user's own.
  std::string config_ = std::string(folder_.path() / "config.json");
  std::filesystem::path runtime_ = folder_.path() / "run";
  std::optional<OrielServer> server_;
};

TEST_F(DriveCommand, TakesPicturesIntoFilesAndToStandardOutput) {
  serve();
  const auto shot = at_target("shot", "out.png");
  ASSERT_EQ(shot.code, 0) << shot.errors;
  EXPECT_EQ(shot.output, "");
  EXPECT_THAT(support::read_file(folder_.path() / "out.png"), StartsWith(kPngSignature));
  const auto piped = at_target("shot", "-o - format=bmp region=0,0,64x32");
  ASSERT_EQ(piped.code, 0) << piped.errors;
  EXPECT_THAT(piped.output, StartsWith("BM"));
}

TEST_F(DriveCommand, DoesSeveralThingsOnOneConnectionAndTellsInJson) {
  serve();
  const auto done = at_target("do", "'click 100 200; wait still; info' --json");
  ASSERT_EQ(done.code, 0) << done.errors << done.output;
  const auto document = boost::json::parse(done.output);
  const auto& results = document.at("results").as_array();
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0].at("verb"), "click");
  EXPECT_FALSE(results[1].at("boxes").as_array().empty()) << "the pattern draws its clicks";
  EXPECT_EQ(results[2].at("pointer").at("y"), 200);
  EXPECT_EQ(results[2].at("server").at("version"), "RFB 003.008");
}

TEST_F(DriveCommand, SaysWhatWentWrongAndEndsWithItsCode) {
  serve("geheim");
  EXPECT_EQ(at_target("info", "", "geheim").code, 0);
  const auto guess = at_target("info", "", "falsch");
  EXPECT_EQ(guess.code, 3);
  EXPECT_THAT(guess.errors, HasSubstr("Authentication failed"));
  const auto place = at_target("do", "'move 1 1; move 99999 1' --json", "geheim");
  EXPECT_EQ(place.code, 2);
  EXPECT_THAT(place.output, AllOf(HasSubstr("line 1, column 11"), HasSubstr("\"input\"")));
  const auto late = at_target("wait", "colour 5 5 '#123456' timeout=300ms", "geheim");
  EXPECT_EQ(late.code, 40) << late.errors;
  // Port 1 (tcpmux, RFC 1078) is nobody's.
  const auto nobody = run("shot 127.0.0.1::1 x.png");
  EXPECT_EQ(nobody.code, 10);
  EXPECT_THAT(nobody.errors, AllOf(StartsWith("oriel: "), HasSubstr("127.0.0.1:1")));
  EXPECT_EQ(run("shot").code, 2);
}

TEST_F(DriveCommand, DrivesSeveralTargets) {
  serve();
  const auto both = run(fmt::format("shot -t {} -t 127.0.0.1::1 '{{target}}.png'", target()));
  EXPECT_EQ(both.code, 10);
  EXPECT_THAT(both.errors, HasSubstr("127.0.0.1:1"));
  int pictures = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
    pictures += entry.path().extension() == ".png" ? 1 : 0;
  EXPECT_EQ(pictures, 1);
  const auto same = run(fmt::format("shot -t {0} -t {0} one.png", target()));
  EXPECT_EQ(same.code, 2);
  EXPECT_THAT(same.errors, HasSubstr("{target}"));
}

TEST_F(DriveCommand, WritesNoFileOfTwoTargets) {
  std::ofstream(config_) << R"({"targets": {"lab.1": {"target": "127.0.0.1::1"}}})";
  ::chmod(config_.c_str(), 0600);
  const auto twice = [this](const std::string& targets) {
    const auto shot = run("shot " + targets + " -o '{target}.png'");
    EXPECT_EQ(shot.code, 2) << targets;
    return shot.errors;
  };
  EXPECT_THAT(twice("-t 127.0.0.1::1 -t vnc://:geheim@127.0.0.1:1"),
              AllOf(HasSubstr("127.0.0.1::1 and vnc://...@127.0.0.1:1 would both write the file "
                              "vnc___127.0.0.1_1.png"),
                    Not(HasSubstr("geheim"))));
  EXPECT_THAT(twice("-t lab.1 -t lab.1"), HasSubstr("lab.1 and lab.1 would both write"));
  const auto names = run("shot -t lab.1 -t 127.0.0.1::1 -o '{target}.png'");
  EXPECT_EQ(names.code, 10) << "two files; and nobody is there";
  EXPECT_EQ(run("shot -t lab.1 -t 127.0.0.1::1 -o 'x{target}/../one.png'").code, 2);
}

TEST_F(DriveCommand, TakesNamesOfTheConfigurationFile) {
  serve("geheim");
  const auto write = [&](const char* name, const std::string& text) {
    const auto path = folder_.path() / name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), 0600);
    return path.string();
  };
  const auto password_file = write("password", "geheim\n");
  config_ = write("config.json", fmt::format(R"({{"targets": {{
        "lab": {{"target": "{}", "password_file": "{}"}},
        "web": {{"template": "ws://${{host}}:${{port}}/websockify", "password": "geheim",
                "parameters": {{"host": "127.0.0.1", "port": "{}"}}}}
      }}}})",
                                             target(), password_file, server_->http_port()));
  for (const char* name : {"lab", "web"}) {
    const auto info = run(fmt::format("info {} --json", name));
    ASSERT_EQ(info.code, 0) << info.errors;
    EXPECT_THAT(info.output, HasSubstr("\"version\":\"RFB 003.008\""));
  }
  EXPECT_EQ(run("shot -t lab -t web '{target}.png'").code, 0);
  for (const char* file : {"lab.png", "web.png"})
    EXPECT_TRUE(std::filesystem::exists(folder_.path() / file)) << file;
  const auto both = boost::json::parse(run("info -t lab -t web --json").output);
  EXPECT_EQ(both.at(0).at("name"), "lab");
  EXPECT_EQ(both.at(1).at("name"), "web");
  const auto spot = run("info web --param port=1");
  EXPECT_EQ(spot.code, 10) << "what is said on the spot wins";
  ASSERT_EQ(run("session start lab").code, 0);
  EXPECT_EQ(run("session stop lab").code, 0);
  // It is no name of the file, so it is a host.
  EXPECT_EQ(run("info nobody --connect-timeout 10").code, 10);
  write("config.json", "{\"targets\": {\"lab\": 5}}");
  const auto wrong = run("info lab");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.errors, HasSubstr("targets.lab"));
}

TEST_F(DriveCommand, PutsNoPasswordIntoNamesOfFiles) {
  serve();
  const auto shot =
      run(fmt::format("shot vnc://:geheim@127.0.0.1:{} '{{target}}.png'", server_->vnc_port()));
  ASSERT_EQ(shot.code, 0) << shot.errors;
  int pictures = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    pictures += entry.path().extension() == ".png" ? 1 : 0;
    EXPECT_THAT(entry.path().string(), Not(HasSubstr("geheim")));
  }
  EXPECT_EQ(pictures, 1);
}

TEST_F(DriveCommand, SaysWhenItsOutputIsNotTaken) {
  serve();
  const auto full = at_target("shot", "-o - format=bmp 1>/dev/full");
  EXPECT_EQ(full.code, 30);
  EXPECT_THAT(full.errors, HasSubstr("standard output"));
}

TEST_F(DriveCommand, KeepsAConnectionInTheBackground) {
  serve();
  ASSERT_EQ(at_target("session start", "").code, 0);
  struct stat status{};
  const auto socket = *std::filesystem::directory_iterator(runtime_ / "oriel");
  ASSERT_EQ(::stat(socket.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(at_target("session start", "").code, 2) << "there is one already";

  const auto click = at_target("click", "40 50");
  EXPECT_EQ(click.code, 0) << click.errors;
  const auto wait = at_target("wait", "still");
  EXPECT_THAT(wait.output, StartsWith("wait still after "));
  ASSERT_EQ(at_target("shot", "here.png").code, 0);
  EXPECT_THAT(support::read_file(folder_.path() / "here.png"), StartsWith(kPngSignature))
      << "where the command was started";
  EXPECT_EQ(at_target("move", "99999 1").code, 2);
  const auto info = at_target("do", "'info' --json");
  EXPECT_EQ(boost::json::parse(info.output).at("results").at(0).at("pointer").at("x"), 40)
      << "of the connection that clicked";
  const auto list = run("session list --json");
  const auto rows = boost::json::parse(list.output);
  ASSERT_EQ(rows.as_array().size(), 1u);
  EXPECT_EQ(rows.at(0).at("commands"), 5);

  EXPECT_EQ(at_target("session stop", "").code, 0);
  EXPECT_EQ(run("session list").output, "");
  EXPECT_EQ(at_target("session stop", "").code, 30);
  EXPECT_EQ(at_target("click", "40 50").code, 0) << "without one it connects";
}

TEST_F(DriveCommand, SaysWhenASessionEndsByItself) {
  serve();
  ASSERT_EQ(at_target("session start", "").code, 0);
  EXPECT_EQ(boost::json::parse(run("session list --json").output).at(0).at("idle_limit_s"), 600.0);
  EXPECT_THAT(run("session list").output, HasSubstr("ends 600 s after the last"));
  ASSERT_EQ(at_target("session stop", "").code, 0);
  ASSERT_EQ(at_target("session start", "--idle=0").code, 0);
  EXPECT_TRUE(
      boost::json::parse(run("session list --json").output).at(0).at("idle_limit_s").is_null());
  EXPECT_THAT(run("session list").output, HasSubstr("ends never by itself"));
  ASSERT_EQ(at_target("session stop", "").code, 0);
  ASSERT_EQ(at_target("session start", "--idle 200ms").code, 0);
  EXPECT_TRUE(wait_until([&] { return run("session list").output.empty(); }));
}

TEST_F(DriveCommand, SaysWhatASessionDoesNotTake) {
  EXPECT_THAT(run("session start host --idle x").errors,
              HasSubstr("expected 0 to 31536000 seconds"));
  EXPECT_THAT(run("session start host --idle").errors, HasSubstr("--idle wants SECONDS"));
  EXPECT_THAT(run("session start host --idel=5").errors, HasSubstr("no flag --idel=5"));
  EXPECT_THAT(run("session").errors, HasSubstr("start, stop or list"));
}

TEST_F(DriveCommand, StartsOneSessionOfATargetWhenTwoAreStartedAtOnce) {
  serve();
  const auto one = start("one", "session start " + target());
  const auto other = start("other", "session start " + target());
  const auto first = ended(*one, "one"), second = ended(*other, "other");
  const auto& refused = first.code == 0 ? second : first;
  EXPECT_EQ((first.code == 0 ? first : second).code, 0);
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.errors, HasSubstr("there is a session of this target and user already"));
  EXPECT_EQ(boost::json::parse(run("session list --json").output).as_array().size(), 1u);
  EXPECT_EQ(at_target("session stop", "").code, 0);
}

// As one that hangs.
TEST_F(DriveCommand, TellsOfASessionThatDoesNotAnswerAndLeavesItAlone) {
  serve();
  ASSERT_EQ(at_target("session start", "").code, 0);
  const auto pid = static_cast<pid_t>(
      boost::json::parse(run("session list --json").output).at(0).at("pid").as_int64());
  ASSERT_EQ(::kill(pid, SIGSTOP), 0);
  const auto silent = fmt::format("the session of process {} does not answer", pid);
  EXPECT_THAT(run("session list").output, HasSubstr(silent));
  const auto stop = at_target("session stop", "");
  EXPECT_EQ(stop.code, 40);
  EXPECT_THAT(stop.errors, HasSubstr(silent));
  EXPECT_EQ(run("session stop --all").code, 40);
  EXPECT_EQ(at_target("shot", "a.png --time-limit 300ms").code, 40);
  const auto shot = at_target("shot", "a.png");
  EXPECT_EQ(shot.code, 0);
  EXPECT_THAT(shot.errors, HasSubstr("does not answer: this command connects by itself"));
  ASSERT_EQ(::kill(pid, SIGCONT), 0);
  EXPECT_EQ(at_target("session stop", "").code, 0);
}

// What a session holds down, as its users are told.
std::string held_in(const Ended& info) {
  return boost::json::serialize(boost::json::parse(info.output).at("results").at(0).at("held"));
}

TEST_F(DriveCommand, StopsInASessionWithTheCommandThatWasInterrupted) {
  serve();
  ASSERT_EQ(at_target("session start", "").code, 0);
  ASSERT_EQ(at_target("do", "'move 5 5; keydown shift'").code, 0);
  for (const int signal : {SIGINT, SIGTERM, SIGKILL}) {
    const auto acting =
        start("acting", fmt::format("do {} 'keydown a; down; pause 600s'", target()));
    ASSERT_TRUE(wait_until([&] {
      return held_in(at_target("info", "--json")) == R"(["a","Shift_L","left button"])";
    })) << "only looking does not wait";
    EXPECT_THAT(run("session list").output, HasSubstr("does keydown, down, pause (process "));
    const auto waits = at_target("click", "1 1 --connect-timeout 1.2");
    EXPECT_EQ(waits.code, 40);
    EXPECT_THAT(waits.errors,
                AllOf(HasSubstr("oriel: waits for its turn in the session of vnc://127.0.0.1:"),
                      HasSubstr("it does keydown, down, pause (process ")));
    acting->stop(signal, support::kPatience);
    const auto next = at_target("move", "7 7");
    EXPECT_EQ(next.code, 0) << next.errors;
    EXPECT_EQ(held_in(at_target("info", "--json")), R"(["Shift_L"])")
        << "what others hold stays down";
  }
}

TEST_F(DriveCommand, TellsACommandThatItsSessionWasStopped) {
  serve();
  ASSERT_EQ(at_target("session start", "").code, 0);
  const auto acting = start("acting", fmt::format("do {} 'move 1 1; pause 600s'", target()));
  ASSERT_TRUE(wait_until([&] { return run("session list").output.contains("does move"); }));
  EXPECT_EQ(at_target("session stop", "").code, 0);
  const auto stopped = ended(*acting, "acting");
  EXPECT_EQ(stopped.code, 11) << stopped.errors;
  EXPECT_THAT(stopped.errors, HasSubstr("the session"));
}

TEST_F(DriveCommand, LetsNobodyWaitForACommandThatOnlyLooks) {
  serve();
  ASSERT_EQ(at_target("session start", "").code, 0);
  const auto waiting =
      start("waiting", fmt::format("wait {} colour 5 5 '#123456' timeout=600s", target()));
  ASSERT_TRUE(wait_until([&] {
    const auto rows = boost::json::parse(run("session list --json").output);
    return rows.at(0).at("runs") == 1;
  }));
  const auto click = at_target("click", "40 50");
  EXPECT_EQ(click.code, 0) << click.errors;
  EXPECT_EQ(click.errors, "");
  EXPECT_FALSE(waiting->exit_code());
  waiting->stop(SIGINT, support::kPatience);
  EXPECT_TRUE(wait_until([&] {
    const auto rows = boost::json::parse(run("session list --json").output);
    return rows.at(0).at("runs") == 0;
  }));
}

TEST_F(DriveCommand, WaitsInASessionForItsOwnActionsOnly) {
  serve();
  ASSERT_EQ(at_target("session start", "").code, 0);
  ASSERT_EQ(at_target("do", "'click 40 50; wait still'").code, 0);
  EXPECT_EQ(at_target("wait", "change region=0,100,200x100 timeout=0").code, 40);
  EXPECT_EQ(at_target("wait", "change timeout=0 since=action").code, 0) << "the pattern draws it";
  EXPECT_EQ(at_target("do", "'click 60 70; wait change'").code, 0);
}

TEST_F(DriveCommand, KeepsASessionToItsOptions) {
  serve("geheim");
  ASSERT_EQ(at_target("session start", "", "geheim").code, 0);
  EXPECT_EQ(at_target("info", "").code, 0) << "who says nothing takes it as it is";
  EXPECT_EQ(at_target("info", "", "geheim").code, 0);
  const auto guess = at_target("info", "", "falsch");
  EXPECT_EQ(guess.code, 3) << "no wrong password goes through";
  EXPECT_THAT(guess.errors, HasSubstr("has another value for the password: this command connects"));
  const auto looks = at_target("click", "1 1 --view-only", "geheim");
  EXPECT_EQ(looks.code, 30);
  EXPECT_THAT(looks.errors, AllOf(HasSubstr("--view-only"), HasSubstr("only looks on")));
  const auto rows = boost::json::parse(run("session list --json").output);
  EXPECT_EQ(boost::json::serialize(rows.at(0).at("options")), R"({"password":"given"})");
  EXPECT_EQ(rows.at(0).at("commands"), 2);
}

TEST_F(DriveCommand, SaysWhatGoesBothWays) {
  serve("geheim");
  const auto alone = at_target("move", "1 1 -v", "geheim");
  for (const char* line : {"< ProtocolVersion \"RFB 003.008\"", "> ProtocolVersion \"RFB 003.008\"",
                           "< security types vnc (2)", "> security type vnc (2)",
                           "< SecurityResult ok", "< ServerInit", "> PointerEvent 1,1"})
    EXPECT_THAT(alone.errors, HasSubstr(std::string(" DEBUG ") + line));
  EXPECT_THAT(alone.errors, Not(HasSubstr("geheim")));
  const auto start = at_target("session start", "-v", "geheim");
  EXPECT_EQ(start.code, 0);
  EXPECT_THAT(start.errors, HasSubstr(" DEBUG < SecurityResult ok"));
  const auto kept = at_target("move", "2 2 -v", "geheim");
  for (const char* line :
       {"> ProtocolVersion \"RFB 003.008\"", "< ServerInit", "> PointerEvent 2,2"})
    EXPECT_THAT(kept.errors, HasSubstr(std::string(" DEBUG ") + line));
}

TEST_F(DriveCommand, EndsByTheTimeOfTheWholeCommand) {
  serve();
  const auto alone = at_target("do", "'move 1 1; pause 600s' --time-limit 2");
  EXPECT_EQ(alone.code, 40);
  EXPECT_EQ(alone.errors,
            "oriel: line 1, column 11: `pause` had not ended within the 2 s of --time-limit\n");
  ASSERT_EQ(at_target("session start", "").code, 0);
  const auto kept = at_target("do", "'keydown a; pause 600s' --time-limit 1 --json");
  EXPECT_EQ(kept.code, 40);
  const auto document = boost::json::parse(kept.output);
  EXPECT_EQ(document.at("results").as_array().size(), 1u) << "what was done is told";
  EXPECT_EQ(document.at("error").at("kind"), "timeout");
  EXPECT_EQ(held_in(at_target("info", "--json")), "[]");
}

TEST_F(DriveCommand, LetsGoOfWhatItHoldsWhenItIsInterrupted) {
  serve();
  const auto acting = start("acting", fmt::format("do {} 'keydown a; pause 600s' -v", target()));
  const auto errors = [&] { return support::read_file(folder_.path() / "acting.err"); };
  ASSERT_TRUE(wait_until([&] { return errors().contains("KeyEvent down"); }));
  EXPECT_EQ(acting->stop(SIGINT, support::kPatience), 128 + SIGINT);
  EXPECT_THAT(errors(), HasSubstr("KeyEvent up"));
}

TEST_F(DriveCommand, SaysWhenNothingIsOnTheClipboard) {
  serve();
  const auto nothing = at_target("clip", "get");
  EXPECT_EQ(nothing.code, 30);
  EXPECT_EQ(nothing.output, "");
  EXPECT_THAT(nothing.errors, HasSubstr("nothing is on its clipboard"));
  ASSERT_EQ(at_target("session start", "").code, 0);
  ASSERT_EQ(at_target("clip", "set abc").code, 0);
  EXPECT_EQ(at_target("clip", "get").output, "abc\n");
  EXPECT_EQ(at_target("clip", "get --no-session").output, "abc\n") << "the server is asked";
  ASSERT_EQ(at_target("clip", "clear").code, 0);
  for (const char* asks : {"get", "get --no-session"}) {
    const auto cleared = at_target("clip", asks);
    EXPECT_EQ(cleared.code, 30) << asks;
    EXPECT_THAT(cleared.errors, HasSubstr("nothing is on")) << asks;
  }
}

TEST_F(DriveCommand, RefusesWhatHasNoMeaningForTheTarget) {
  serve();
  const auto name = at_target("info", "--param vmid=1");
  EXPECT_EQ(name.code, 2);
  EXPECT_THAT(name.errors, HasSubstr("--param vmid: there is no place for it"));
  const auto place = run("info --preset novnc --param hots=x");
  EXPECT_EQ(place.code, 2);
  EXPECT_THAT(place.errors,
              AllOf(HasSubstr("--param hots"), HasSubstr("the preset novnc"), HasSubstr("host")));
  const auto plain = at_target("info", "--insecure");
  EXPECT_EQ(plain.code, 2);
  EXPECT_THAT(plain.errors, AllOf(HasSubstr("encryption is required"), HasSubstr("vncs://")));
  EXPECT_EQ(at_target("shot", "x.png long-edge=0").code, 2);
}

TEST_F(DriveCommand, ReadsWhomToTrustAndTellsWhereThereIsNoTls) {
  serve();
  for (const char* command : {"info", "session start"}) {
    const auto missing = at_target(command, "--ca nosuch.pem");
    EXPECT_EQ(missing.code, 2) << command;
    EXPECT_THAT(missing.errors, HasSubstr("nosuch.pem")) << command;
  }
  const auto file = (folder_.path() / "ca.pem").string();
  std::ofstream(file) << testing::CertificateAuthority().pem();
  const auto plain = at_target("info", "--ca ca.pem");
  EXPECT_EQ(plain.code, 2);
  EXPECT_THAT(plain.errors,
              AllOf(HasSubstr("--ca"), HasSubstr("neither the target nor the server has it"),
                    HasSubstr("vncs:// and wss:// are TLS")));
  std::ofstream(config_) << fmt::format(
      R"({{"targets": {{"lab": {{"target": "{}", "ca_file": "{}"}}}}}})", target(), file);
  ::chmod(config_.c_str(), 0600);
  const auto named = run("info lab");
  EXPECT_EQ(named.code, 2) << "as if it were said on the spot";
  EXPECT_THAT(named.errors, HasSubstr("encryption is required"));
}

TEST_F(DriveCommand, TellsWrongUsageInJsonToo) {
  for (const char* arguments :
       {"info --json", "shot host --json --bogus", "do host --json bogus",
        "info --json --preset novnc --param x=1", "session start --json", "nosuch --json",
        "--json shot host a.png", "--json", "doctor --json --only nosuch", "version --json now"}) {
    const auto wrong = run(arguments);
    EXPECT_EQ(wrong.code, 2) << arguments;
    EXPECT_EQ(wrong.errors, "") << arguments;
    const auto document = boost::json::parse(wrong.output);
    EXPECT_EQ(document.at("error").at("kind"), "input") << arguments;
    EXPECT_EQ(document.at("error").at("exit_code"), 2) << arguments;
  }
}

TEST_F(DriveCommand, SaysWhereFlagsStand) {
  const auto before = run("--json shot host a.png");
  EXPECT_THAT(before.output, HasSubstr("oriel COMMAND --json ..."));
  EXPECT_THAT(run("--verbose info host").errors, StartsWith("oriel: --verbose stands where"));
  EXPECT_THAT(run("nosuch").errors, StartsWith("oriel: 'nosuch' is not a command"));
  EXPECT_THAT(run("version --json").output, StartsWith("{\"version\":\""));
}

TEST_F(DriveCommand, SaysWhichAddressCannotBeRead) {
  const auto wrong = run("info ftp://me:geheim@host --json");
  EXPECT_EQ(wrong.code, 2);
  const auto document = boost::json::parse(wrong.output);
  EXPECT_EQ(document.at("target"), "ftp://...@host");
  EXPECT_EQ(document.at("error").at("message"),
            "the target \"ftp://...@host\": the target's scheme is unknown, expected is vnc, vncs, "
            "ws, wss, http, https or unix");
  EXPECT_THAT(run("info host:x").errors, StartsWith("oriel: the target \"host:x\": "));
  const auto empty = boost::json::parse(run("info --json --template 'ws://${host}/'").output);
  EXPECT_EQ(empty.at("target"), "ws://${host}/");
}

TEST_F(DriveCommand, TellsSeveralTargetsInTheirOrder) {
  serve();
  const std::string nobody = "127.0.0.1::1";
  const auto both = run(fmt::format("info --json -t {} -t {}", target(), nobody));
  const auto rows = boost::json::parse(both.output);
  EXPECT_FALSE(rows.at(0).as_object().contains("error")) << "the other failed long before";
  EXPECT_EQ(rows.at(1).at("error").at("exit_code"), 10);
  const auto text = run(fmt::format("info -t {0} -t {1} -t {0}", target(), nobody));
  const auto label = fmt::format("vnc://127.0.0.1:{}: ", server_->vnc_port());
  for (std::size_t at = 0; at < text.output.size(); at = text.output.find('\n', at) + 1)
    EXPECT_EQ(text.output.substr(at, label.size()), label);
}

// What a program reads must not depend on whether there is a session.
boost::json::value without_times(boost::json::value row) {
  for (auto& result : row.at("results").as_array()) {
    auto& object = result.as_object();
    for (const char* name : {"took_s", "generation", "server"}) object.erase(name);
  }
  return row;
}

class DriveSessions : public DriveCommand {
 protected:
  DriveSessions() {
    serve();
    support::ServerOptions options;
    options.desktop = "pattern";
    other_server_.emplace(options);
    for (const auto& one : {target(), other()}) EXPECT_EQ(run("session start " + one).code, 0);
  }
  std::string other() const { return fmt::format("127.0.0.1::{}", other_server_->vnc_port()); }
  // For both targets.
  Ended at_both(std::string_view command, const std::string& rest) {
    return run(both(command, rest));
  }
  std::string both(std::string_view command, const std::string& rest) const {
    return fmt::format("{} -t {} -t {} {}", command, target(), other(), rest);
  }
  // That each of the two sessions has done.
  std::pair<std::int64_t, std::int64_t> commands() {
    const auto rows = boost::json::parse(run("session list --json").output);
    return {rows.at(0).at("commands").as_int64(), rows.at(1).at("commands").as_int64()};
  }
  std::string held_at(const std::string& one) { return held_in(run("info --json " + one)); }

  std::optional<OrielServer> other_server_;
};

TEST_F(DriveSessions, AreUsedBySeveralTargets) {
  const std::string steps = "'move 30 40; shot {target}.png; info' --json";
  const auto kept = at_both("do", steps);
  ASSERT_EQ(kept.code, 0) << kept.errors;
  EXPECT_EQ(kept.errors, "");
  EXPECT_EQ(commands(), std::pair(std::int64_t{1}, std::int64_t{1}));
  for (const auto* server : {&*server_, &*other_server_})
    EXPECT_TRUE(std::filesystem::exists(folder_.path() /
                                        fmt::format("vnc___127.0.0.1_{}.png", server->vnc_port())));
  const auto alone = at_both("do", steps + " --no-session");
  ASSERT_EQ(alone.code, 0) << alone.errors;
  EXPECT_EQ(commands(), std::pair(std::int64_t{1}, std::int64_t{1}));
  const auto with = boost::json::parse(kept.output), without = boost::json::parse(alone.output);
  for (std::size_t at = 0; at < 2; ++at)
    EXPECT_EQ(without_times(with.at(at)), without_times(without.at(at)));
}

TEST_F(DriveSessions, AreUsedWhereThereAreAnyAndToldInTheOrderOfTheTargets) {
  ASSERT_EQ(at_target("session stop", "").code, 0);
  const auto mixed = at_both("do", "'move 3 4; info'");
  ASSERT_EQ(mixed.code, 0) << mixed.errors;
  const auto first = fmt::format("vnc://127.0.0.1:{}: ", server_->vnc_port());
  const auto second = fmt::format("vnc://127.0.0.1:{}: ", other_server_->vnc_port());
  EXPECT_THAT(mixed.output, StartsWith(first));
  EXPECT_LT(mixed.output.rfind(first), mixed.output.find(second));
  const auto rows = boost::json::parse(run("session list --json").output);
  ASSERT_EQ(rows.as_array().size(), 1u);
  EXPECT_EQ(rows.at(0).at("commands"), 1);
}

TEST_F(DriveSessions, TakeTurnsOnlyWhereSomebodyActs) {
  const auto acting = start("acting", fmt::format("do {} 'move 1 1; pause 600s'", target()));
  ASSERT_TRUE(wait_until([&] { return run("session list").output.contains("does move"); }));
  const auto click = at_both("click", "1 1 --connect-timeout 1.2 --json");
  EXPECT_EQ(click.code, 40);
  EXPECT_THAT(click.errors, HasSubstr("oriel: waits for its turn in the session of vnc://"));
  const auto rows = boost::json::parse(click.output);
  EXPECT_EQ(rows.at(0).at("error").at("kind"), "timeout");
  EXPECT_FALSE(rows.at(1).as_object().contains("error")) << "nobody acts there";
  acting->stop(SIGINT, support::kPatience);
}

TEST_F(DriveSessions, StopWithACommandForSeveralTargets) {
  const auto acting = start("acting", both("do", "'keydown a; pause 600s'"));
  ASSERT_TRUE(wait_until(
      [&] { return held_at(target()) == R"(["a"])" && held_at(other()) == R"(["a"])"; }));
  EXPECT_EQ(acting->stop(SIGINT, support::kPatience), 128 + SIGINT);
  for (const auto& one : {target(), other()})
    EXPECT_TRUE(wait_until([&] { return held_at(one) == "[]"; })) << one;
}

TEST_F(DriveSessions, EndByTheTimeOfACommandForSeveralTargets) {
  const auto late = at_both("do", "'keydown a; pause 600s' --time-limit 1 --json");
  EXPECT_EQ(late.code, 40);
  const auto rows = boost::json::parse(late.output);
  for (std::size_t at = 0; at < 2; ++at) {
    EXPECT_EQ(rows.at(at).at("results").as_array().size(), 1u);
    EXPECT_EQ(rows.at(at).at("error").at("kind"), "timeout");
  }
  EXPECT_EQ(held_at(target()), "[]");
}

TEST_F(DriveCommand, EndsASessionWithItsServer) {
  serve();
  ASSERT_EQ(at_target("session start", "").code, 0);
  const auto command = fmt::format("info {}", target());
  server_.reset();
  EXPECT_TRUE(wait_until([&] { return run(command).code == 10; }));
  EXPECT_EQ(run("session list").output, "");
}

}  // namespace
}  // namespace oriel

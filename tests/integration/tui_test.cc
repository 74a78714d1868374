// The terminal view in a real terminal: tmux draws what the program sends, and types.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/testing/golden.h"
#include "oriel/testing/temporary_folder.h"
#include "tests/support/child_process.h"
#include "tests/support/oriel_server.h"
#include "tests/support/scripted_websocket_server.h"
#include "tests/support/wait_until.h"

namespace oriel::support {
namespace {

// A terminal of its own with a shell that runs one command and then says how it ended, and whether
// the modes of the terminal are what they were before.
class TmuxTerminal {
 public:
  TmuxTerminal(int width, int height, const std::string& command, const std::string& term) {
    const auto script = folder_.write(
        "script.sh", fmt::format("trap : INT\nbefore=$(stty -g)\n{}\necho \"ended with $?\"\n"
                                 "[ \"$before\" = \"$(stty -g)\" ] && echo modes are back\n"
                                 "exec cat\n",
                                 command));
    tmux({"-f", "/dev/null", "new-session", "-d", "-x", std::to_string(width), "-y",
          std::to_string(height), fmt::format("TERM={} sh {}", term, script)});
  }
  ~TmuxTerminal() {
    try {
      tmux({"kill-server"});
    } catch (const std::runtime_error&) {  // it has ended by itself
    }
  }
  TmuxTerminal(const TmuxTerminal&) = delete;
  TmuxTerminal& operator=(const TmuxTerminal&) = delete;

  std::string screen() { return tmux({"capture-pane", "-p"}); }
  // Colours of 256, beside bold, dim and reversed.
  bool has_colours() {
    return tmux({"capture-pane", "-e", "-p"}).find("\033[38;5;") != std::string::npos;
  }
  bool has(const std::string& text) { return screen().find(text) != std::string::npos; }
  // Names of keys, as tmux has them.
  void press(const std::string& key) { tmux({"send-keys", key}); }
  void type(const std::string& text) { tmux({"send-keys", "-l", text}); }
  void resize(int width, int height) {
    tmux({"resize-window", "-x", std::to_string(width), "-y", std::to_string(height)});
  }
  // Whether the program has the other screen, the hidden cursor or the mouse.
  std::string taken() {
    return tmux({"display-message", "-p",
                 "other screen #{alternate_on}, cursor #{cursor_flag}, mouse #{mouse_any_flag}"});
  }
  bool shows(const std::string& text) {
    return wait_until([&] { return has(text); });
  }
  bool shows_no_more(const std::string& text) {
    return wait_until([&] { return !has(text); });
  }
  // Where `text` stands; in the form of the old xterm, which TERM=screen has.
  void click(int button, const std::string& text) {
    const auto shown = screen();
    const auto at = std::min(shown.find(text), shown.size());
    const auto before = std::string_view(shown).substr(0, at);
    const auto line = before.substr(before.rfind('\n') + 1);
    const auto row = std::ranges::count(before, '\n');
    const auto column =
        std::ranges::count_if(line, [](char byte) { return (byte & 0xc0) != 0x80; });
    // As numbers: tmux takes a semicolon at the end for its own.
    tmux({"send-keys", "-H", "1b", "5b", "4d", fmt::format("{:x}", 32 + button),
          fmt::format("{:x}", 33 + column), fmt::format("{:x}", 33 + row)});
  }

 private:
  std::string tmux(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"tmux", "-S", folder_.path("socket")});
    return run({arguments, {{"LC_ALL", "C.UTF-8"}, {"NO_COLOR", ""}}});
  }

  oriel::testing::TemporaryFolder folder_;
};

std::string probe(const std::string& flags, std::initializer_list<std::string> samples) {
  auto command = std::string(TUI_PROBE) + " " + flags;
  for (const auto& sample : samples) {
    command += fmt::format(" {}/oriel/app/monitor/tui/testdata/{}.json", ORIEL_SOURCE_DIR, sample);
  }
  return command;
}

class Probe : public TmuxTerminal {
 public:
  explicit Probe(const std::string& command, int width = 120, int height = 40,
                 const std::string& term = "screen-256color")
      : TmuxTerminal(width, height, command, term) {}
};

constexpr auto kGivenBack = "other screen 0, cursor 1, mouse 0\n";

TEST(Tui, ShowsAHostAndGivesTheTerminalBack) {
  Probe terminal(probe("", {"server"}));
  for (const auto* text : {"connected", "web-1", "cpu", "memory", "enp65s0f0", "NVIDIA RTX A4000",
                           "/srv/data", "postgres", "日本語プロセス", "q quit"}) {
    EXPECT_TRUE(terminal.shows(text)) << text;
  }
  EXPECT_EQ(terminal.taken(), "other screen 1, cursor 0, mouse 1\n");
  terminal.press("q");
  EXPECT_TRUE(terminal.shows("ended with 0")) << terminal.screen();
  EXPECT_TRUE(terminal.shows("modes are back"));
  EXPECT_EQ(terminal.taken(), kGivenBack);
}

TEST(Tui, FollowsTheSizeOfTheTerminal) {
  Probe terminal(probe("", {"server"}));
  ASSERT_TRUE(terminal.shows("nvme/Sensor 2"));
  terminal.resize(80, 24);
  EXPECT_TRUE(terminal.shows_no_more("nvme/Sensor 2"));
  EXPECT_TRUE(terminal.shows("q quit"));
  terminal.resize(18, 4);
  EXPECT_TRUE(terminal.shows("too small"));
  terminal.resize(150, 45);
  EXPECT_TRUE(terminal.shows("nvme/Sensor 2"));
}

TEST(Tui, ObeysKeys) {
  Probe terminal(probe("", {"server"}));
  ASSERT_TRUE(terminal.shows("connected"));
  terminal.type("/nginx");
  EXPECT_TRUE(terminal.shows("2 of 412"));
  terminal.press("Escape");
  EXPECT_TRUE(terminal.shows("14 of 412"));
  terminal.type("m");
  EXPECT_TRUE(terminal.shows("mem▾"));
  terminal.type("++");
  EXPECT_TRUE(terminal.shows("5 s"));
  terminal.type("h");
  EXPECT_TRUE(terminal.shows("any key closes this"));
  terminal.press("Escape");
  terminal.press("BTab");
  terminal.press("Enter");
  EXPECT_TRUE(terminal.shows_no_more("─ cpu"));
  EXPECT_TRUE(terminal.shows("─ processes"));
}

TEST(Tui, ObeysTheMouse) {
  Probe terminal(probe("", {"server"}));
  ASSERT_TRUE(terminal.shows("connected"));
  terminal.click(0, "pid");
  EXPECT_TRUE(terminal.shows("pid▾"));
  terminal.click(64 + 1, "pid▾");  // the wheel, down
  EXPECT_TRUE(terminal.shows_no_more("systemd"));
}

TEST(Tui, PausesAndGoesOn) {
  Probe terminal(probe("", {"server"}));
  ASSERT_TRUE(terminal.shows("connected"));
  terminal.type("p");
  ASSERT_TRUE(terminal.shows("paused"));
  const auto before = terminal.screen();
  EXPECT_FALSE(
      wait_until([&] { return terminal.screen() != before; }, std::chrono::milliseconds(700)));
  terminal.type("p");
  EXPECT_TRUE(wait_until([&] { return terminal.screen() != before; }));
}

TEST(Tui, BeginsWithAnOverviewOfSeveralHosts) {
  Probe terminal(probe("--lost", {"server", "laptop", "container"}));
  ASSERT_TRUE(terminal.shows("hosts"));
  EXPECT_TRUE(terminal.shows("notizbuch-größer"));
  terminal.press("Right");
  EXPECT_TRUE(terminal.shows("AMD EPYC"));
  terminal.press("Left");
  terminal.press("Left");
  EXPECT_TRUE(terminal.shows("connection refused by 10.0.0.7:8765, again in 3 s"));
}

TEST(Tui, GivesTheTerminalBackAfterACrash) {
  Probe terminal("ulimit -c 0; " + probe("--abort", {"server"}));
  ASSERT_TRUE(terminal.shows("ended with 134")) << terminal.screen();
  EXPECT_TRUE(terminal.shows("modes are back"));
  EXPECT_EQ(terminal.taken(), kGivenBack);
}

TEST(Tui, GivesTheTerminalBackOnControlC) {
  Probe terminal(probe("", {"server"}));
  ASSERT_TRUE(terminal.shows("connected"));
  terminal.press("C-c");
  EXPECT_TRUE(terminal.shows("ended with 0")) << terminal.screen();
  EXPECT_EQ(terminal.taken(), kGivenBack);
}

TEST(Tui, HasNoColoursWhereTheyAreNotWanted) {
  Probe coloured(probe("", {"server"}));
  ASSERT_TRUE(coloured.shows("connected"));
  EXPECT_TRUE(coloured.has_colours());
  Probe plain("NO_COLOR=1 " + probe("", {"server"}));
  ASSERT_TRUE(plain.shows("connected"));
  EXPECT_FALSE(plain.has_colours());
}

TEST(Tui, IsInAsciiWhereTheLocaleHasNoMore) {
  Probe terminal("LC_ALL=C " + probe("", {"server"}));
  ASSERT_TRUE(terminal.shows("+- cpu")) << terminal.screen();
  EXPECT_FALSE(terminal.has("⣿"));
}

TEST(Tui, SaysWhatItNeedsWhereThereIsNoTerminal) {
  Probe terminal(probe("", {"server"}) + " < /dev/null");
  EXPECT_TRUE(terminal.shows("needs a terminal")) << terminal.screen();
  EXPECT_TRUE(terminal.shows("ended with 2"));
  Probe unknown("TERM=none-such " + probe("", {"server"}));
  EXPECT_TRUE(unknown.shows("the terminal \"none-such\" is not known")) << unknown.screen();
}

// ---- The program as its users start it

// `oriel monitor --serve`, on this host.
class MonitorServer {
 public:
  explicit MonitorServer(const std::vector<std::string>& flags = {})
      : process_(command(flags, folder_)) {
    wait_until([&] { return !uri().empty(); });
  }
  std::string uri() const {
    const auto output = process_.output();
    const auto host = output.find("://127.0.0.1:");
    const auto start = output.rfind('w', host);
    const auto end = output.find('/', host + 3);
    return host == std::string::npos || end == std::string::npos
               ? ""
               : output.substr(start, end - start);
  }
  void stop() { process_.stop(SIGTERM, kPatience); }

 private:
  static Command command(const std::vector<std::string>& flags,
                         const oriel::testing::TemporaryFolder& folder) {
    std::vector<std::string> all{oriel_program(), "monitor", "--serve", "127.0.0.1:0"};
    all.insert(all.end(), flags.begin(), flags.end());
    return {all, {{"XDG_STATE_HOME", folder.path("state")}}};
  }

  oriel::testing::TemporaryFolder folder_;
  ChildProcess process_;
};

TEST(MonitorCommandOnATerminal, ShowsThisHostAndSaysThatTheServerWent) {
  MonitorServer server;
  ASSERT_NE(server.uri(), "");
  Probe terminal(oriel_program() + " monitor --format tui " + server.uri());
  for (const auto* text : {"● connected", "─ cpu", "─ memory", "─ processes"}) {
    EXPECT_TRUE(terminal.shows(text)) << text << "\n" << terminal.screen();
  }
  terminal.type("-");
  EXPECT_TRUE(terminal.shows("500 ms"));
  server.stop();
  EXPECT_TRUE(terminal.shows("○ lost")) << terminal.screen();
  EXPECT_TRUE(terminal.shows("connecting again: "));
  EXPECT_TRUE(terminal.has("─ memory")) << "what was known last stays";
  terminal.press("q");
  EXPECT_TRUE(terminal.shows("ended with 0")) << terminal.screen();
  EXPECT_TRUE(terminal.shows("modes are back"));
  EXPECT_EQ(terminal.taken(), kGivenBack);
}

TEST(MonitorCommandOnATerminal, StaysConnectedAfterABadMessage) {
  ScriptedWebSocketServer server(WebSocketScript{
      .messages = {oriel::testing::repository_text("oriel/app/monitor/testdata/real_server.json"),
                   "nonsense"}});
  Probe terminal(oriel_program() + " monitor --format tui " + server.uri());
  EXPECT_TRUE(terminal.shows("JSON: syntax error")) << terminal.screen();
  EXPECT_TRUE(terminal.has("● connected")) << terminal.screen();
  EXPECT_FALSE(terminal.has("connecting again")) << terminal.screen();
}

TEST(MonitorCommandOnATerminal, StaysConnectedWithACertificateThatNobodyChecks) {
  MonitorServer server({"--tls", "on"});
  ASSERT_NE(server.uri(), "");
  Probe terminal(oriel_program() + " monitor --format tui --insecure " + server.uri());
  EXPECT_TRUE(terminal.shows("certificate is not checked")) << terminal.screen();
  EXPECT_TRUE(terminal.shows("─ memory")) << terminal.screen();
  EXPECT_TRUE(terminal.has("● connected")) << terminal.screen();
}

TEST(MonitorCommandOnATerminal, ShowsSeveralHostsOfWhichOneIsNotThere) {
  MonitorServer server;
  ASSERT_NE(server.uri(), "");
  Probe terminal(oriel_program() + " monitor --format tui " + server.uri() + " 127.0.0.1:1");
  EXPECT_TRUE(terminal.shows("Connection refused")) << terminal.screen();
  EXPECT_TRUE(terminal.shows("%")) << terminal.screen();
  terminal.press("Right");
  EXPECT_TRUE(terminal.shows("─ memory"));
  terminal.press("C-c");
  EXPECT_TRUE(terminal.shows("ended with 0"));
}

TEST(MonitorCommandOnATerminal, RefusesToBeFullScreenInAPipe) {
  Probe told(oriel_program() + " monitor --format tui 127.0.0.1:1 < /dev/null");
  EXPECT_TRUE(told.shows("needs a terminal for input and output")) << told.screen();
  EXPECT_TRUE(told.shows("ended with 2"));
}

}  // namespace
}  // namespace oriel::support

// Waits of our client on a real screen: clocks and carets do not keep it from being still, and what
// is there for a moment is seen.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/agent/sync_agent.h"
#include "oriel/app/client/connection.h"
#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"
#include "tests/support/x_server.h"

namespace oriel {
namespace {

using namespace std::chrono_literals;
using agent::ErrorKind;
using image::Rect;
using support::ChildProcess;
using support::wait_until;
using ::testing::HasSubstr;

constexpr std::uint32_t kBlack = 0, kWhite = 0xffffff;
// The clock and the caret are at most a thousandth of it.
const Rect kScreen{0, 0, 1280, 800};

// An Xvnc, and our client on it.
class Screen {
 public:
  Screen()
      : socket_(folder_.path() / "vnc"),
        server_({"Xtigervnc", "-geometry", "1280x800", "-depth", "24", "-rfbport", "-1",
                 "-rfbunixpath", socket_, "-SecurityTypes", "None"}) {
    server_.run_client({"xsetroot", "-solid", "#204060"});
    connection_.emplace(client::ConnectionOptions{.target = "unix:" + socket_});
    const auto connected = connection_->connect();
    if (!connected) throw std::runtime_error(connected.error().message);
    agent_.emplace(connection_->target());
  }

  void start(std::vector<std::string> arguments) {
    programs_.push_back(std::make_unique<ChildProcess>(
        support::Command{std::move(arguments), {{"DISPLAY", server_.name()}}}));
  }
  void run(const std::vector<std::string>& arguments) const { server_.run_client(arguments); }
  agent::Agent& agent() { return *agent_; }
  client::Connection& connection() { return *connection_; }

 private:
  support::TemporaryFolder folder_;
  std::string socket_;
  support::XServer server_;
  std::vector<std::unique_ptr<ChildProcess>> programs_;
  std::optional<client::Connection> connection_;
  std::optional<agent::Agent> agent_;
};

// Each is there when it changes by itself.
void start_clock(Screen& screen, const Rect& around) {
  screen.start({"xclock", "-digital", "-update", "1", "-geometry",
                fmt::format("+{}+{}", around.x, around.y)});
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(screen.agent().wait().change({.region = around, .timeout = support::kPatience}));
}
// The caret of a terminal blinks only while it has the keyboard.
void start_terminal(Screen& screen, const Rect& around) {
  screen.start({"xterm", "-bc", "-bcn", "300", "-bcf", "300", "-geometry",
                fmt::format("40x10+{}+{}", around.x, around.y), "-e", "cat"});
  screen.run({"xdotool", "search", "--sync", "--onlyvisible", "--class", "XTerm", "windowfocus"});
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(screen.agent().wait().change({.region = around, .timeout = support::kPatience}));
}

const Rect kClock{900, 40, 380, 60}, kTerminal{20, 20, 400, 300};

TEST(ClientWaits, TakeAClockAndACaretForStillAndTellThem) {
  Screen screen;
  start_clock(screen, kClock);
  start_terminal(screen, kTerminal);
  // Neither rests that long, however slow the machine.
  const auto still = screen.agent().wait().still({.quiet = 3s, .timeout = support::kPatience});
  ASSERT_TRUE(still) << still.error().message;
  const auto recurs_in = [&](const Rect& place) {
    return std::ranges::any_of(still->recurring, [&](const auto& change) {
      return change.times >= 3 && change.box.intersected(place) == change.box;
    });
  };
  EXPECT_TRUE(recurs_in(kClock));
  EXPECT_TRUE(recurs_in(kTerminal));
}

TEST(ClientWaits, CountClockAndCaretWhenTheyAreStrict) {
  Screen screen;
  start_clock(screen, kClock);
  start_terminal(screen, kTerminal);
  for (const auto& region : {kScreen, kClock}) {
    const auto strict = screen.agent().wait().still(
        {.region = region, .quiet = 3s, .is_strict = true, .timeout = 3500ms});
    ASSERT_FALSE(strict);
    EXPECT_EQ(strict.error().kind, ErrorKind::kTimeout);
    EXPECT_THAT(strict.error().message, HasSubstr("was not still for 3 s within 3.5 s"));
  }
  // Beside them nothing moves.
  EXPECT_TRUE(screen.agent().wait().still({.region = Rect{0, 400, 1280, 400},
                                           .quiet = 3s,
                                           .is_strict = true,
                                           .timeout = support::kPatience}));
}

TEST(ClientWaits, SeeTypingBesideAClockAndACaret) {
  Screen screen;
  start_clock(screen, kClock);
  start_terminal(screen, kTerminal);
  agent::ActRequest request;
  request.actions = {agent::TypeText{{'h', 'e', 'l', 'l', 'o'}}};
  request.settle = agent::StillOptions{.quiet = 3s, .timeout = support::kPatience};
  const auto acted = screen.agent().act(request);
  ASSERT_TRUE(acted) << acted.error().message;
  EXPECT_TRUE(acted->has_settled) << acted->unsettled;
  EXPECT_TRUE(acted->had_effect());
  EXPECT_FALSE(acted->recurring.empty());
}

// The second hand is drawn each second, over more than a thousandth of the screen.
TEST(ClientWaits, AreStillBetweenTheTicksOfAClockWithHands) {
  Screen screen;
  const Rect clock{1000, 40, 164, 164};
  screen.start({"xclock", "-update", "1", "-geometry", "164x164+1000+40"});
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(screen.agent().wait().change({.region = clock, .timeout = support::kPatience}));
  const auto still = screen.agent().wait().still({.timeout = support::kPatience});
  EXPECT_TRUE(still) << still.error().message;
}

// Left out where tesseract is missing, but not in CI.
class ClientWaitsForText : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v tesseract > /dev/null") == 0) return;
    ASSERT_EQ(std::getenv("CI"), nullptr) << "tesseract-ocr is not installed";
    GTEST_SKIP() << "tesseract-ocr is not installed";
  }
};

TEST_F(ClientWaitsForText, ReadSmallLetters) {
  Screen screen;
  screen.start({"xterm", "-fn", "fixed", "-geometry", "50x4+40+40", "-e",
                "printf '\\n Saved the document 4711'; read -r line"});
  screen.start({"xterm", "-rv", "-fn", "9x15", "-geometry", "50x4+40+240", "-e",
                "printf '\\n Boxes of sphinx 7890'; read -r line"});
  const auto saved = screen.agent().wait().text(
      {.text = "Saved the document 4711", .region = Rect{0, 0, 500, 200}, .timeout = 60s});
  ASSERT_TRUE(saved) << saved.error().message;
  ASSERT_EQ(saved->boxes.size(), 1u);
  EXPECT_TRUE((Rect{40, 40, 350, 70}).contains(saved->boxes[0])) << saved->boxes[0].y;
  const auto light = screen.agent().wait().text({.text = "of sphinx [0-9]{4}",
                                                 .is_pattern = true,
                                                 .region = Rect{30, 230, 500, 100},
                                                 .timeout = 60s});
  EXPECT_TRUE(light) << light.error().message;
}

TEST_F(ClientWaitsForText, ReadALineOfLightLettersOnColour) {
  struct Case {
    std::string font, letters, ground;
    int height;  // of a line
  };
  const std::vector<Case> cases = {{"fixed", "white", "navy", 13},
                                   {"fixed", "yellow", "darkgreen", 13},
                                   {"fixed", "#d3d7cf", "#2e3436", 13},
                                   {"6x10", "white", "#3465a4", 10},
                                   {"6x10", "#eeeeee", "#cc0000", 10}};
  Screen screen;
  int y = 20;
  for (const auto& each : cases) {
    screen.start({"xterm", "-fn", each.font, "-fg", each.letters, "-bg", each.ground, "-b", "2",
                  "-bw", "0", "-geometry", fmt::format("60x2+20+{}", y), "-e",
                  "printf 'Ready, build 42 passed'; read -r line"});
    const Rect line{21, y + 1, 160, each.height + 1};
    const auto seen =
        screen.agent().wait().text({.text = "build 42 passed", .region = line, .timeout = 30s});
    EXPECT_TRUE(seen) << each.font << ' ' << each.letters << ": " << seen.error().message;
    y += 60;
  }
}

// Keys are actions whose effects last 50 to 500 ms; they are looked for when all are gone.
TEST(ClientWaits, SeeAThousandChangesThatLastAShortWhile) {
  constexpr int kCells = 40, kSize = 8, kPitch = 16;  // of `painter flashes`
  const int count = std::getenv("ORIEL_FLASHES") ? std::atoi(std::getenv("ORIEL_FLASHES")) : 40;
  Screen screen;
  screen.start({ORIEL_PAINTER, "flashes"});
  auto& agent = screen.agent();
  ASSERT_TRUE(agent.wait().colour({.at = {0, 0}, .colour = kBlack, .timeout = support::kPatience}));
  for (int first = 0; first < count; first += kCells) {
    std::vector<agent::Mark> marks;
    for (int cell = 0; cell < kCells; ++cell) {
      const auto mark = agent.mark();
      ASSERT_TRUE(mark);
      marks.push_back(*mark);
      ASSERT_TRUE(agent.keyboard().press_key("a"));
    }
    // The last key has been answered, and everything is black again.
    const agent::ColourOptions last_flash{.at = {(kCells - 1) * kPitch, 0},
                                          .colour = kWhite,
                                          .since = marks.back(),
                                          .timeout = support::kPatience};
    const auto last = agent.wait().colour(last_flash);
    ASSERT_TRUE(last) << last.error().message;
    ASSERT_TRUE(wait_until([&] {
      const auto picture = screen.connection().screenshot();
      for (int cell = 0; picture && cell < kCells; ++cell)
        if (picture->at(cell * kPitch, 0) != kBlack) return false;
      return picture.has_value();
    }));
    for (int cell = 0; cell < kCells; ++cell) {
      SCOPED_TRACE(first + cell);
      const Rect box{cell * kPitch, 0, kSize, kSize};
      EXPECT_TRUE(agent.wait().change({.region = box, .since = marks[cell], .timeout = 0ms}));
      EXPECT_TRUE(agent.wait().colour(
          {.at = {box.x, 0}, .colour = kWhite, .since = marks[cell], .timeout = 0ms}));
    }
  }
}

}  // namespace
}  // namespace oriel

#include "oriel/app/monitor/tui/screen.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "oriel/app/monitor/tui/limits.h"
#include "oriel/app/monitor/tui/sample_hosts_test.h"

namespace oriel::monitor::tui {
namespace {

using std::chrono::seconds;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Grid drawn_grid(const Model& model, View view, int width, int height, TimePoint now = kSampleTime) {
  settle(model, view);
  Grid grid(width, height);
  draw_screen(grid, model, view, now);
  return grid;
}

std::string drawn(const Model& model, const View& view, int width, int height,
                  TimePoint now = kSampleTime) {
  return grid_text(drawn_grid(model, view, width, height, now));
}

// ---- Golden screens

struct GoldenCase {
  const char* sample;
  int width;
  int height;
};

class EverySize : public ::testing::TestWithParam<GoldenCase> {};

TEST_P(EverySize, DrawsTheGoldenScreenInCharactersAndStyles) {
  const auto [name, width, height] = GetParam();
  const auto grid = drawn_grid(sample_hosts({name}), {}, width, height);
  const auto text = grid_text(grid) + "\n" + grid_styles(grid);
  const auto path =
      fmt::format("oriel/app/monitor/tui/testdata/screens/{}_{}x{}.txt", name, width, height);
  EXPECT_EQ(testing::golden_text(path, text), text);
}

std::vector<GoldenCase> golden_cases() {
  std::vector<GoldenCase> cases{{"server", 20, 5}, {"server", 60, 40}};
  for (const auto* name : {"server", "laptop", "container", "real_server"}) {
    for (const auto& [width, height] :
         {std::pair(80, 24), std::pair(120, 40), std::pair(200, 60), std::pair(40, 12)}) {
      cases.push_back({name, width, height});
    }
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Screen, EverySize, ::testing::ValuesIn(golden_cases()),
                         [](const auto& row) {
                           return fmt::format("{}_{}x{}", row.param.sample, row.param.width,
                                              row.param.height);
                         });

TEST(Screen, HasAnOverviewOfSeveralHosts) {
  auto model = sample_hosts({"server", "laptop", "container"});
  model.hosts.emplace_back("ws://db-2:8765");
  model.hosts.back().set_link(Link::kLost, "db-2:8765 refuses connections, again in 5 s");
  const auto text = drawn(model, {}, 110, 12);
  EXPECT_EQ(
      testing::golden_text("oriel/app/monitor/tui/testdata/screens/overview_110x12.txt", text),
      text);
}

TEST(Screen, HasAFormOfAsciiForTerminalsWithoutMore) {
  View view;
  view.has_unicode = false;
  view.glyphs = Glyphs::kAscii;
  const auto text = drawn(sample_hosts({"server"}), view, 100, 30);
  EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= ' ' && c < 127); }));
  EXPECT_EQ(testing::golden_text("oriel/app/monitor/tui/testdata/screens/ascii_100x30.txt", text),
            text);
}

// ---- What must be said

TEST(Screen, SaysThatATerminalIsTooSmall) {
  const auto model = sample_hosts({"server"});
  EXPECT_THAT(drawn(model, {}, kLeastWidth - 1, 24), HasSubstr("too small"));
  EXPECT_THAT(drawn(model, {}, 80, kLeastHeight - 1), HasSubstr("too small"));
  EXPECT_THAT(drawn(model, {}, kLeastWidth, kLeastHeight), Not(HasSubstr("too small")));
}

TEST(Screen, IsInAsciiAlsoWhereThatIsCut) {
  View view;
  view.has_unicode = false;
  EXPECT_THAT(drawn(sample_hosts({"server"}), view, 8, 3), HasSubstr("too sma."));
}

TEST(Screen, SaysWhyThereIsNoHostYet) {
  Model model;
  model.hosts.emplace_back("ws://web-1:8765");
  model.hosts[0].set_link(Link::kLost, "web-1:8765 refuses connections, again in 3 s");
  const auto text = drawn(model, {}, 80, 24);
  EXPECT_THAT(text, HasSubstr("ws://web-1:8765"));
  EXPECT_THAT(text, HasSubstr("web-1:8765 refuses connections, again in 3 s"));
}

TEST(Screen, KeepsTheLastFiguresWhenTheConnectionIsLostAndSaysSo) {
  auto model = sample_hosts({"server"});
  model.hosts[0].set_link(Link::kLost, "connection lost, again in 3 s");
  const auto text = drawn(model, {}, 80, 24);
  EXPECT_THAT(text, HasSubstr("○ lost"));
  EXPECT_THAT(text, HasSubstr("connection lost, again in 3 s"));
  EXPECT_THAT(text, HasSubstr("57.3%"));
}

TEST(Screen, ShowsANoteBesideALinkThatStays) {
  auto model = sample_hosts({"server"});
  model.hosts[0].set_note("the server's certificate is not checked");
  const auto text = drawn(model, {}, 80, 24);
  EXPECT_THAT(text, HasSubstr("● connected"));
  EXPECT_THAT(text, HasSubstr("the server's certificate is not checked"));
  model.hosts[0].set_link(Link::kLost, "connection lost");
  EXPECT_THAT(drawn(model, {}, 80, 24), Not(HasSubstr("certificate")));
}

TEST(Screen, ShowsAlertsOfAllHostsTogetherBesideEachAndAboveTheOverview) {
  auto model = sample_hosts({"server", "real_server"});
  model.fleet_alerts.push_back({.is_critical = false,
                                .message = "High average processor usage: 81.0% (threshold: 80.0%)",
                                .component = "processor"});
  View view;
  for (const std::optional<std::size_t> host : {std::optional<std::size_t>(), {0}}) {
    view.host = host;
    EXPECT_THAT(drawn(model, view, 80, 24),
                HasSubstr("▲ all hosts: High average processor usage: 81.0%"));
  }
}

TEST(Screen, SaysThatAHostIsSilentAfterThreeIntervals) {
  const auto model = sample_hosts({"server"});
  View view;
  view.interval = seconds(10);
  EXPECT_THAT(drawn(model, view, 80, 24, kSampleTime + seconds(30)), Not(HasSubstr("no data")));
  EXPECT_THAT(drawn(model, view, 80, 24, kSampleTime + seconds(31)), HasSubstr("no data for 31s"));
}

TEST(Screen, LeavesOutWhatTheHostDoesNotSend) {
  const auto text = drawn(sample_hosts({"real_server"}), {}, 120, 40);
  for (const auto* title : {"─ gpu", "─ network", "─ load", "─ sensors", "─ processes"}) {
    EXPECT_THAT(text, Not(HasSubstr(title)));
  }
}

TEST(Screen, ShowsAChosenSectionThatHadNoRoomAlone) {
  const auto model = sample_hosts({"server"});
  EXPECT_THAT(drawn(model, {}, 80, 24), Not(HasSubstr("nvme/Sensor 2")));
  View view;
  view.focus = Section::kSensors;
  EXPECT_THAT(drawn(model, view, 80, 24), HasSubstr("nvme/Sensor 2"));
}

TEST(Screen, NeverShowsControlBytesOfNames) {
  const auto text = drawn(sample_hosts({"server"}), {}, 200, 60);
  EXPECT_THAT(text, HasSubstr("evil?[31m?name"));
  EXPECT_TRUE(std::ranges::none_of(text, [](char c) { return c != '\n' && c >= 0 && c < ' '; }));
}

TEST(Screen, FiltersProcessesAndScrollsThem) {
  const auto model = sample_hosts({"server"});
  View view;
  view.filter = "NGINX";
  const auto filtered = drawn(model, view, 120, 40);
  EXPECT_THAT(filtered, HasSubstr("nginx: worker"));
  EXPECT_THAT(filtered, HasSubstr("2 of 412"));
  EXPECT_THAT(filtered, Not(HasSubstr("cc1plus")));
  view.filter = "";
  view.scroll = 2;
  EXPECT_THAT(drawn(model, view, 120, 40), Not(HasSubstr("cc1plus")));
}

TEST(Screen, OpensHelpOverEverything) {
  View view;
  view.is_help_open = true;
  EXPECT_THAT(drawn(sample_hosts({"server"}), view, 80, 24), HasSubstr("any key closes this"));
}

// ---- Any size

// No wide character without its other half, no half without a character, no control character.
void expect_sound(const Grid& grid) {
  for (int y = 0; y < grid.height(); ++y) {
    for (int x = 0; x < grid.width(); ++x) {
      const auto character = grid.at(x, y).character;
      if (character == 0) {
        ASSERT_GT(x, 0);
        ASSERT_NE(grid.at(x - 1, y).character, 0u);
      } else {
        ASSERT_GE(character, U' ');
      }
    }
  }
}

TEST(Screen, IsSoundAtEverySize) {
  const auto model = sample_hosts({"server", "laptop", "container"});
  std::mt19937 random(7);
  for (int round = 0; round < 120; ++round) {
    View view;
    const auto pick = [&](int count) {
      return static_cast<int>(random() % static_cast<unsigned>(count));
    };
    if (const int host = pick(4); host < 3) view.host = static_cast<std::size_t>(host);
    if (const int focus = pick(16); focus < kSectionCount) view.focus = static_cast<Section>(focus);
    view.is_zoomed = view.focus && pick(2) == 0;
    view.is_filtering = pick(4) == 0;
    view.is_help_open = pick(8) == 0;
    view.scroll = random() % 600;
    view.glyphs = static_cast<Glyphs>(pick(3));
    const int width = pick(401), height = pick(121);
    SCOPED_TRACE(fmt::format("round {}: {}x{}", round, width, height));
    expect_sound(drawn_grid(model, view, width, height));
    if (::testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace oriel::monitor::tui

#include "oriel/app/monitor/tui/view.h"

#include <gmock/gmock.h>

#include "oriel/app/monitor/tui/sample_hosts_test.h"
#include "oriel/app/monitor/tui/screen.h"

namespace oriel::monitor::tui {
namespace {

using std::chrono::milliseconds;
using ::testing::SizeIs;

// A user in front of a screen.
class Desk {
 public:
  explicit Desk(std::initializer_list<std::string> hosts) : model(sample_hosts(hosts)) {
    settle(model, view);
  }
  Action press(Key key) { return apply({key}); }
  Action type(std::string_view text) {
    auto action = Action::kNone;
    for (const char c : text) action = apply({Key::kCharacter, static_cast<char32_t>(c)});
    return action;
  }
  // At the first place where `text` stands on the screen.
  Action click(const std::string& text, Key key = Key::kClick) {
    Grid grid(120, 40);
    draw_screen(grid, model, view, kSampleTime);
    for (int y = 0; y < grid.height(); ++y) {
      for (int x = 0; x < grid.width(); ++x) {
        if (stands_at(grid, x, y, text)) return apply({key, 0, x, y});
      }
    }
    ADD_FAILURE() << text << " is not on the screen";
    return Action::kNone;
  }

  Model model;
  View view;

 private:
  static bool stands_at(const Grid& grid, int x, int y, const std::string& text) {
    for (const char c : text) {
      if (x >= grid.width() || grid.at(x++, y).character != static_cast<char32_t>(c)) return false;
    }
    return true;
  }
  Action apply(const Input& input) {
    Grid grid(120, 40);
    const auto screen = draw_screen(grid, model, view, kSampleTime);
    const auto action = apply_input(input, model, screen.hits, view);
    settle(model, view);
    return action;
  }
};

TEST(View, EndsByQAndByControlC) {
  Desk desk({"server"});
  EXPECT_EQ(desk.type("q"), Action::kQuit);
  EXPECT_EQ(desk.type("\x03"), Action::kQuit);
}

TEST(View, EndsByControlCAlsoInTheFilterAndInHelp) {
  Desk desk({"server"});
  desk.type("/q");
  EXPECT_EQ(desk.type("\x03"), Action::kQuit);
  desk.press(Key::kEscape);
  desk.type("h");
  EXPECT_EQ(desk.type("\x03"), Action::kQuit);
}

TEST(View, SortsProcesses) {
  Desk desk({"server"});
  const auto first = [&] {
    return listed_processes(desk.model.hosts[0].reading(), desk.view).front()->name;
  };
  EXPECT_EQ(first(), "postgres: writer");
  desk.type("m");
  EXPECT_THAT(first(), ::testing::StartsWith("a-process"));
  desk.type("i");
  EXPECT_THAT(first(), ::testing::StartsWith("a-process"));
  desk.click("pid");
  EXPECT_EQ(first(), "systemd");
}

TEST(View, FiltersByNameInAnyCaseAndByTheBeginningOfTheNumber) {
  Desk desk({"server"});
  const auto listed = [&] { return listed_processes(desk.model.hosts[0].reading(), desk.view); };
  desk.type("/NGinx");
  EXPECT_THAT(listed(), SizeIs(2));
  EXPECT_TRUE(desk.view.is_filtering);
  desk.press(Key::kEnter);
  EXPECT_FALSE(desk.view.is_filtering);
  desk.press(Key::kEscape);
  EXPECT_EQ(desk.view.filter, "");
  desk.type("/70");
  EXPECT_THAT(listed(), SizeIs(2));
  desk.press(Key::kBackspace);
  EXPECT_EQ(desk.view.filter, "7");
}

TEST(View, ChangesTheIntervalWithinItsBounds) {
  Desk desk({"server"});
  EXPECT_EQ(desk.type("+"), Action::kInterval);
  EXPECT_EQ(desk.view.interval, milliseconds(2000));
  EXPECT_EQ(desk.type("--"), Action::kInterval);
  EXPECT_EQ(desk.view.interval, milliseconds(500));
  EXPECT_EQ(desk.type("-----"), Action::kNone);
  EXPECT_EQ(desk.view.interval, milliseconds(100));
  EXPECT_EQ(desk.type("++++++++++"), Action::kNone);
  EXPECT_EQ(desk.view.interval, milliseconds(60'000));
}

TEST(View, GoesThroughSectionsAndBack) {
  Desk desk({"real_server"});
  desk.press(Key::kTab);
  EXPECT_EQ(desk.view.focus, Section::kCpu);
  desk.press(Key::kTab);
  desk.press(Key::kTab);
  EXPECT_EQ(desk.view.focus, Section::kDisks) << "the host sends no network";
  desk.press(Key::kTab);
  EXPECT_EQ(desk.view.focus, Section::kCpu);
  desk.press(Key::kBackTab);
  EXPECT_EQ(desk.view.focus, Section::kDisks);
  desk.press(Key::kEnter);
  EXPECT_TRUE(desk.view.is_zoomed);
  desk.press(Key::kEscape);
  EXPECT_FALSE(desk.view.is_zoomed);
  desk.press(Key::kEscape);
  EXPECT_FALSE(desk.view.focus);
}

TEST(View, BeginsWithAllHostsAndGoesRoundThem) {
  Desk desk({"server", "laptop"});
  EXPECT_FALSE(desk.view.host);
  desk.press(Key::kRight);
  EXPECT_EQ(desk.view.host, 0u);
  desk.press(Key::kRight);
  desk.press(Key::kRight);
  EXPECT_FALSE(desk.view.host);
  desk.press(Key::kLeft);
  EXPECT_EQ(desk.view.host, 1u);
  desk.press(Key::kEscape);
  EXPECT_FALSE(desk.view.host);
  desk.press(Key::kUp);
  desk.press(Key::kEnter);
  EXPECT_EQ(desk.view.host, 0u);
}

TEST(View, OpensTheHostThatIsClicked) {
  Desk desk({"server", "container"});
  desk.click("7f3a9c1d2e4b");
  EXPECT_EQ(desk.view.host, 1u);
}

TEST(View, ChoosesSectionsByClicksAndShowsThemAloneByTheirTitle) {
  Desk desk({"server"});
  desk.click("nvme0n1");
  EXPECT_EQ(desk.view.focus, Section::kDisks);
  EXPECT_FALSE(desk.view.is_zoomed);
  desk.click("disks");
  EXPECT_TRUE(desk.view.is_zoomed);
}

TEST(View, PausesByItsKeyAndByAClickOnIt) {
  Desk desk({"server"});
  desk.type("p");
  EXPECT_TRUE(desk.view.is_paused);
  desk.click("p pause");
  EXPECT_FALSE(desk.view.is_paused);
}

TEST(View, ScrollsProcessesByTheWheel) {
  Desk desk({"server"});
  desk.click("cc1plus", Key::kWheelDown);
  EXPECT_EQ(desk.view.scroll, 3u);
  EXPECT_FALSE(desk.view.focus);
  desk.click("oriel", Key::kWheelUp);
  EXPECT_EQ(desk.view.scroll, 0u);
}

TEST(View, LosesASectionThatTheHostSendsNoMore) {
  Desk desk({"server"});
  desk.press(Key::kBackTab);
  ASSERT_EQ(desk.view.focus, Section::kProcesses);
  desk.model.hosts[0].show(sample("real_server"), kSampleTime);
  settle(desk.model, desk.view);
  EXPECT_FALSE(desk.view.focus);
}

}  // namespace
}  // namespace oriel::monitor::tui

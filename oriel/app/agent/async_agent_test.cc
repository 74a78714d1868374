#include "oriel/app/agent/async_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/testing/agent_stage.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::agent {
namespace {

using image::Point;
using image::Rect;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

struct Stage : testing::AgentStage {
  std::vector<std::string> take_input() { return std::exchange(target.input_log, {}); }
  AsyncAgent agent{target};
};

TEST(AsyncAgent, ClicksWithEachButton) {
  Stage stage;
  auto& mouse = stage.agent.mouse();
  ASSERT_TRUE(stage.run(mouse.move_to({5, 6})));
  ASSERT_TRUE(stage.run(mouse.middle_click()));
  EXPECT_THAT(stage.take_input(),
              ElementsAre("pointer 5,6 0", "pointer 5,6 0", "pointer 5,6 2", "pointer 5,6 0"));
  ASSERT_TRUE(stage.run(mouse.double_click(Point{7, 8})));
  EXPECT_THAT(stage.take_input(), SizeIs(5));
  ASSERT_TRUE(stage.run(mouse.drag_to({9, 9}, {.duration = 0ms})));
  EXPECT_EQ(mouse.position(), (Point{9, 9}));
  EXPECT_FALSE(stage.run(mouse.left_click(Point{400, 0})));
}

TEST(AsyncAgent, TypesAnyScriptAndTakesLineEndsForReturn) {
  Stage stage;
  ASSERT_TRUE(stage.run(stage.agent.keyboard().type_text("A\n\xc3\xa9\xd0\xb6\xe4\xb8\xad")));
  EXPECT_THAT(stage.take_input(),
              ElementsAre("down 65", "up 65", "down 65293", "up 65293", "down 233", "up 233",
                          "down 16778294", "up 16778294", "down 16797229", "up 16797229"));
}

TEST(AsyncAgent, PressesShiftForServersThatNeedIt) {
  Stage stage;
  ASSERT_TRUE(stage.run(stage.agent.keyboard().type_text("a?", {.with_shift = true})));
  EXPECT_THAT(stage.take_input(),
              ElementsAre("down 97", "up 97", "down 65505", "down 63", "up 63", "up 65505"));
  stage.target.has_levels = false;
  ASSERT_TRUE(stage.run(stage.agent.keyboard().type_text("ABc")));
  EXPECT_THAT(stage.take_input(), ElementsAre("down 65505", "down 65", "up 65", "down 66", "up 66",
                                              "up 65505", "down 99", "up 99"));
  ASSERT_TRUE(stage.run(stage.agent.keyboard().press_key("!")));
  EXPECT_THAT(stage.take_input(), ElementsAre("down 65505", "down 33", "up 33", "up 65505"));
  ASSERT_TRUE(stage.run(stage.agent.keyboard().press_key("Return")));
  EXPECT_THAT(stage.take_input(), ElementsAre("down 65293", "up 65293"));
}

TEST(AsyncAgent, DoesNotLetGoOfAShiftThatIsHeld) {
  Stage stage;
  stage.target.has_levels = false;
  auto& keyboard = stage.agent.keyboard();
  ASSERT_TRUE(stage.run(keyboard.key_down("shift")));
  ASSERT_TRUE(stage.run(keyboard.type_text("A")));
  EXPECT_THAT(stage.take_input(), ElementsAre("down 65505", "down 65", "up 65"));
  EXPECT_THAT(stage.agent.screen().keys, ElementsAre(0xffe1u));
}

TEST(AsyncAgent, PressesKeysByNameInOneStringOrInSeveral) {
  Stage stage;
  auto& keyboard = stage.agent.keyboard();
  ASSERT_TRUE(stage.run(keyboard.hotkey("ctrl+shift+t")));
  EXPECT_THAT(stage.take_input(), ElementsAre("down 65507", "down 65505", "down 116", "up 116",
                                              "up 65505", "up 65507"));
  ASSERT_TRUE(stage.run(keyboard.hotkey({"ctrl", "+"})));
  EXPECT_THAT(stage.take_input(), ElementsAre("down 65507", "down 43", "up 43", "up 65507"));
  ASSERT_TRUE(stage.run(keyboard.press_key(0xff0du, 2)));
  EXPECT_THAT(stage.take_input(), SizeIs(4));
  ASSERT_TRUE(stage.run(keyboard.key_down("shift")));
  EXPECT_THAT(stage.agent.screen().keys, ElementsAre(0xffe1u));
  ASSERT_TRUE(stage.run(keyboard.key_up("shift")));
  ASSERT_TRUE(stage.run(keyboard.hold("Left", 5ms)));
  EXPECT_THAT(stage.take_input(), ElementsAre("down 65505", "up 65505", "down 65361", "up 65361"));
}

TEST(AsyncAgent, RefusesKeysAndTextsThatThereAreNot) {
  Stage stage;
  auto& keyboard = stage.agent.keyboard();
  for (const auto& status :
       {stage.run(keyboard.press_key("bogus")), stage.run(keyboard.press_key("a", 0)),
        stage.run(keyboard.type_text("")), stage.run(keyboard.type_text("\x01")),
        stage.run(keyboard.hotkey(std::vector<std::string>{})),
        stage.run(stage.agent.scroll().up(-1))}) {
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::kInput);
  }
  EXPECT_THAT(stage.take_input(), IsEmpty());
}

TEST(AsyncAgent, ScrollsWhereThePointerIsOrWhereItIsTold) {
  Stage stage;
  ASSERT_TRUE(stage.run(stage.agent.scroll().up(1)));
  ASSERT_TRUE(stage.run(stage.agent.scroll().left(1, {.at = Point{4, 5}, .modifiers = {0xffe3}})));
  EXPECT_THAT(stage.take_input(),
              ElementsAre("pointer 0,0 0", "pointer 0,0 8", "pointer 0,0 0", "pointer 4,5 0",
                          "down 65507", "pointer 4,5 32", "pointer 4,5 0", "up 65507"));
}

TEST(AsyncAgent, SetsGetsAndRemembersTheClipboard) {
  Stage stage;
  auto& clipboard = stage.agent.clipboard();
  const auto nothing = stage.run(clipboard.get());
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().kind, ErrorKind::kAction);
  ASSERT_TRUE(stage.run(clipboard.set("from here")));
  EXPECT_EQ(stage.target.copied_text(), "from here");
  stage.target.copy("from there");
  EXPECT_EQ(stage.run(clipboard.get()), "from there");
  const auto history = clipboard.history();
  ASSERT_THAT(history, SizeIs(2));
  EXPECT_EQ(history[0].text, "from there");
  ASSERT_TRUE(stage.run(clipboard.clear()));
  const auto cleared = stage.run(clipboard.get());
  ASSERT_FALSE(cleared) << "as before anything was there";
  EXPECT_EQ(cleared.error().kind, ErrorKind::kAction);
  EXPECT_THAT(clipboard.history(), SizeIs(2));
}

TEST(AsyncAgent, DoesNotWaitLongerForAClipboardThanItIsTold) {
  Stage stage;
  stage.target.clipboard()->offer({desktop::ClipboardFormat::kText},
                                  [](desktop::ClipboardFormat, desktop::ClipboardDone) {});
  const auto text = stage.run(stage.agent.clipboard().get(10ms));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind, ErrorKind::kTimeout);
}

TEST(AsyncAgent, TakesPicturesOfRegionsAtAnyScale) {
  Stage stage;
  stage.target.fill({100, 100, 100, 100}, 0xff0000);
  const auto part = stage.run(stage.agent.screenshot().capture_region({90, 90, 20, 20}));
  ASSERT_TRUE(part);
  EXPECT_EQ(part->frame.at(9, 9), 0u);
  EXPECT_EQ(part->frame.at(10, 10), 0xff0000u);
  const auto small = stage.run(stage.agent.screenshot().capture({.long_edge_px = 100}));
  ASSERT_TRUE(small);
  EXPECT_EQ(small->frame.size(), (image::Size{100, 75}));
  EXPECT_EQ(small->scale.to_screen(Point{50, 50}), (Point{202, 202}));
  const auto outside = stage.run(stage.agent.screenshot().capture_region({390, 0, 20, 20}));
  ASSERT_FALSE(outside);
  EXPECT_THAT(outside.error().message, HasSubstr("390,0,20x20"));
  EXPECT_THAT(outside.error().message, HasSubstr("400x300"));
  EXPECT_FALSE(stage.run(stage.agent.screenshot().capture({.scale = 0})));
}

TEST(AsyncAgent, PaintsTheCursorWhenItIsAsked) {
  Stage stage;
  image::Cursor cursor{{2, 2}, {1, 1}, {0xffffffff, 0, 0, 0xff00ff00}};
  stage.target.set_cursor(cursor);
  ASSERT_TRUE(stage.run(stage.agent.mouse().move_to({50, 50})));
  const auto with = stage.run(stage.agent.screenshot().capture({.has_cursor = true}));
  ASSERT_TRUE(with);
  EXPECT_EQ(with->frame.at(49, 49), 0xffffffu);
  EXPECT_EQ(with->frame.at(50, 50), 0x00ff00u);
  EXPECT_EQ(stage.run(stage.agent.screenshot().capture())->frame.at(49, 49), 0u);
}

TEST(AsyncAgent, SavesPicturesByTheEndOfTheirNames) {
  Stage stage;
  const testing::TemporaryFolder folder;
  for (const auto* name : {"a.png", "a.jpg", "a.bmp"})
    EXPECT_TRUE(stage.run(stage.agent.screenshot().save(folder.path(name)))) << name;
  const auto no_folder = stage.run(stage.agent.screenshot().save(folder.path("no/a.png")));
  ASSERT_FALSE(no_folder);
  EXPECT_THAT(no_folder.error().message, HasSubstr("No such file or directory"));
  EXPECT_FALSE(stage.run(stage.agent.screenshot().save(folder.path("a.txt"))));
}

TEST(AsyncAgent, DoesNotHangForAPictureWhenThereIsNoSignOfLife) {
  Stage stage;
  stage.target.is_stalled = true;
  const auto picture = stage.run(stage.agent.screenshot().capture({.timeout = 10ms}));
  ASSERT_FALSE(picture);
  EXPECT_EQ(picture.error().kind, ErrorKind::kTimeout);
  EXPECT_TRUE(stage.run(stage.agent.screenshot().capture({.is_current = false})));
}

TEST(AsyncAgent, ActsUntilAllIsStillAndShowsWhatCameOfIt) {
  Stage stage;
  stage.target.when_pointer = [&](Point, std::uint16_t buttons) {
    if (buttons == 1) stage.later(30ms, [&] { stage.target.fill({10, 20, 30, 40}, 0x00ff00); });
  };
  ActRequest request{.actions = {Click{{5, 5}}}, .settle = StillOptions{.quiet = 50ms}};
  const auto report = stage.run(stage.agent.act(request));
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->has_settled);
  EXPECT_TRUE(report->had_effect());
  EXPECT_GE(report->took, 80ms);
  EXPECT_THAT(report->boxes, ElementsAre(Rect{10, 20, 30, 40}));
  ASSERT_THAT(report->pictures, SizeIs(1));
  EXPECT_EQ(report->pictures[0].frame, image::Frame({30, 40}, 0x00ff00));
}

TEST(AsyncAgent, SaysThatAnActionHadNoEffectOrDidNotComeToRest) {
  Stage stage;
  ActRequest request{.actions = {PressKeys{{'a'}}},
                     .settle = StillOptions{.quiet = 10ms},
                     .reply = ActReply::kFull};
  auto report = stage.run(stage.agent.act(request));
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->had_effect());
  ASSERT_THAT(report->pictures, SizeIs(1));
  EXPECT_EQ(report->pictures[0].region, (Rect{0, 0, 400, 300}));

  for (int i = 1; i < 400; ++i)
    stage.later(i * 3ms,
                [&, i] { stage.target.fill({0, 0, 99, 99}, static_cast<std::uint32_t>(i)); });
  request.settle->timeout = 30ms;
  request.reply = ActReply::kNone;
  report = stage.run(stage.agent.act(request));
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->has_settled);
  EXPECT_THAT(report->unsettled, HasSubstr("was not still"));
  EXPECT_THAT(report->pictures, IsEmpty());
}

TEST(AsyncAgent, KnowsWhenItActedLast) {
  Stage stage;
  EXPECT_FALSE(stage.agent.last_action());
  ASSERT_TRUE(stage.run(stage.agent.keyboard().press_key("a")));
  const auto mark = stage.agent.last_action();
  ASSERT_TRUE(mark);
  stage.target.fill({0, 0, 5, 5}, 1);
  EXPECT_TRUE(stage.run(stage.agent.wait().change({.since = mark, .timeout = 0ms})));
}

}  // namespace
}  // namespace oriel::agent

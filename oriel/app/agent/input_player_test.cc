#include "oriel/app/agent/input_player.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/app/agent/limits.h"
#include "oriel/testing/agent_stage.h"

namespace oriel::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

struct Stage : testing::AgentStage {
  AgentStatus play(std::vector<Action> actions) { return run(player.play(std::move(actions))); }
  std::vector<std::string> take_input() { return std::exchange(target.input_log, {}); }
  InputPlayer player{target};
};

TEST(InputPlayer, ClicksWithModifiersAndHoldsTheButtonAWhile) {
  Stage stage;
  const auto before = Clock::now();
  ASSERT_TRUE(stage.play({Click{{5, 6}, Button::kRight, 2, {0xffe3}}}));
  EXPECT_GE(Clock::now() - before, 2 * kPressTime);
  EXPECT_THAT(stage.take_input(),
              ElementsAre("pointer 5,6 0", "down 65507", "pointer 5,6 4", "pointer 5,6 0",
                          "pointer 5,6 4", "pointer 5,6 0", "up 65507"));
}

TEST(InputPlayer, DragsThroughThePlacesBetweenInTheTimeItIsGiven) {
  Stage stage;
  const auto before = Clock::now();
  ASSERT_TRUE(stage.play({Drag{{{0, 0}, {100, 0}, {100, 100}}, Button::kLeft, {}, 40ms}}));
  EXPECT_GE(Clock::now() - before, 40ms);
  EXPECT_THAT(stage.take_input(),
              ElementsAre("pointer 0,0 0", "pointer 0,0 1", "pointer 50,0 1", "pointer 100,0 1",
                          "pointer 100,50 1", "pointer 100,100 1", "pointer 100,100 0"));
}

TEST(InputPlayer, KeepsWhatIsHeldDownThroughOtherActions) {
  Stage stage;
  ASSERT_TRUE(stage.play({ButtonDown{}, KeyDown{'a'}, MovePointer{{9, 9}}}));
  EXPECT_THAT(stage.take_input(), ElementsAre("pointer 0,0 1", "down 97", "pointer 9,9 1"));
  stage.player.let_go();
  EXPECT_THAT(stage.take_input(), ElementsAre("pointer 9,9 0", "up 97"));
}

TEST(InputPlayer, DoesNothingWhenOneOfSeveralActionsCannotBe) {
  Stage stage;
  const auto status = stage.play({PressKeys{{'a'}}, Click{{400, 10}}});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error(),
            (AgentError{ErrorKind::kInput,
                        "action 2: the place 400,10 is not on the screen, which is 400x300"}));
  EXPECT_THAT(stage.take_input(), IsEmpty());
}

TEST(InputPlayer, RefusesAmountsBeyondTheLimits) {
  Stage stage;
  for (const auto& action : std::vector<Action>{
           Click{{1, 1}, Button::kLeft, 0}, Click{{1, 1}, Button::kLeft, kClicksMax + 1},
           Drag{{{1, 1}}}, Scroll{{1, 1}, 0, kScrollMax + 1}, Scroll{{1, 1}, -kScrollMax - 1, 0},
           Pause{-1ms}, Pause{kDurationMax + 1ms}, HoldKeys{{'a'}, kDurationMax + 1ms},
           MovePointer{{-1, 0}}, SetClipboard{std::string(kTextBytesMax + 1, 'x')}}) {
    const auto status = stage.play({action});
    ASSERT_FALSE(status) << action.index();
    EXPECT_EQ(status.error().kind, ErrorKind::kInput);
  }
  EXPECT_THAT(stage.take_input(), IsEmpty());
}

TEST(InputPlayer, TypesALongTextWholeAndInOrder) {
  Stage stage;
  Keysyms text;
  for (int i = 0; i < 3 * kKeysAtOnce; ++i) text.push_back('a' + i % 26);
  ASSERT_TRUE(stage.play({TypeText{text}}));
  const auto input = stage.take_input();
  ASSERT_EQ(input.size(), 2 * text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_EQ(input[2 * i], "down " + std::to_string(text[i]));
    EXPECT_EQ(input[2 * i + 1], "up " + std::to_string(text[i]));
  }
}

TEST(InputPlayer, SaysThatNobodyHasTakenWhatWasPasted) {
  Stage stage;
  const auto status = stage.play({Paste{"text", {0xffe3, 'v'}}});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::kAction);
  EXPECT_EQ(status.error().message, "no program has asked for the text that was pasted");
}

TEST(InputPlayer, PressesNoButtonWhereItDoesNotKnowThePointer) {
  Stage stage;
  stage.target.forget_pointer();
  for (const auto& actions : std::vector<std::vector<Action>>{{ButtonDown{}}, {ButtonUp{}}}) {
    const auto status = stage.play(actions);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::kInput);
    EXPECT_THAT(status.error().message, HasSubstr("give the place"));
  }
  EXPECT_THAT(stage.take_input(), IsEmpty());
  EXPECT_TRUE(stage.play({MovePointer{{3, 4}}, ButtonDown{}, ButtonUp{}}));
}

TEST(InputPlayer, PutsTextOnTheClipboardBeforeItPastes) {
  Stage stage;
  std::string pasted;
  stage.target.when_key = [&](std::uint32_t keysym, bool is_down) {
    if (keysym == 'v' && is_down) pasted = stage.target.copied_text();
  };
  ASSERT_TRUE(stage.play({Paste{"h\xc3\xa9", {0xffe3, 'v'}}}));
  EXPECT_EQ(pasted, "h\xc3\xa9");
  stage.target.has_clipboard = false;
  const auto status = stage.play({SetClipboard{"x"}});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::kState);
}

TEST(InputPlayer, StopsWhenTheTargetIsLostInAPause) {
  Stage stage;
  stage.later(5ms, [&] { stage.target.lose({ErrorKind::kConnection, "gone"}); });
  const auto status = stage.play({Pause{20ms}, PressKeys{{'a'}}});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "gone");
  EXPECT_THAT(stage.take_input(), IsEmpty());
}

TEST(InputPlayer, LetsThoseWhoAskAtTheSameTimeTakeTurns) {
  Stage stage;
  std::optional<AgentStatus> second;
  boost::asio::co_spawn(stage.io, stage.player.play({HoldKeys{{'a'}, 20ms}}),
                        [](const std::exception_ptr&, const AgentStatus&) {});
  ASSERT_TRUE(stage.play({PressKeys{{'b'}}}));
  EXPECT_THAT(stage.take_input(), ElementsAre("down 97", "up 97", "down 98", "up 98"));
}

}  // namespace
}  // namespace oriel::agent

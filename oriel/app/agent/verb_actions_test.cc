#include "oriel/app/agent/verb_actions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/app/agent/verb_line.h"
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

struct Stage : testing::AgentStage {
  // The results of all verbs up to the first that fails.
  std::vector<AgentResult<VerbResult>> run_all(std::string_view text) {
    std::vector<AgentResult<VerbResult>> results;
    auto calls = parse_verbs(text);
    if (!calls) return {std::unexpected(calls.error())};
    for (auto& call : *calls) {
      results.push_back(run(agent::run(std::move(call), agent)));
      if (!results.back()) break;
    }
    return results;
  }
  AgentResult<VerbResult> run_one(std::string_view text) { return run_all(text).back(); }
  using AgentStage::run;
  std::vector<std::string> take_input() { return std::exchange(target.input_log, {}); }

  AsyncAgent agent{target};
};

TEST(Verbs, NeedAPlaceWhereThePointerIsNotKnown) {
  Stage stage;
  stage.target.forget_pointer();
  for (const auto* line : {"click", "scroll down", "drag 5,5", "down", "up"}) {
    const auto result = stage.run_one(line);
    ASSERT_FALSE(result) << line;
    EXPECT_THAT(result.error().message, HasSubstr("where the pointer is is not known")) << line;
  }
  EXPECT_EQ(stage.run_one("info")->screen->pointer, std::nullopt);
  EXPECT_THAT(stage.take_input(), IsEmpty());
  EXPECT_TRUE(stage.run_one("move 5 5; scroll down"));
}

TEST(Verbs, AllGiveAResultOrASentence) {
  Stage stage;
  stage.target.when_key = [&](std::uint32_t, bool) { stage.target.copied_text(); };
  for (const auto& verb : verb_table()) {
    auto call = parse_verbs(verb.example)->front();
    if (verb.is_wait) call.values["timeout"] = milliseconds(1);
    if (verb.name == "wait text" || verb.name == "shot") continue;  // tests of their own
    const auto result = stage.run(agent::run(std::move(call), stage.agent));
    if (result)
      EXPECT_EQ(result->verb, verb.name);
    else
      EXPECT_FALSE(result.error().message.empty());
    EXPECT_TRUE(result || verb.is_wait) << verb.name << ": " << result.error().message;
  }
}

TEST(Verbs, ActInTheOrderOfTheLine) {
  Stage stage;
  const auto results = stage.run_all("click 100 200 button=right mods=shift; key Return; type hi");
  ASSERT_THAT(results, SizeIs(3));
  EXPECT_EQ(results[2]->pointer, (Point{100, 200}));
  EXPECT_THAT(stage.take_input(),
              ElementsAre("pointer 100,200 0", "down 65505", "pointer 100,200 4",
                          "pointer 100,200 0", "up 65505", "down 65293", "up 65293", "down 104",
                          "up 104", "down 105", "up 105"));
}

TEST(Verbs, DragFromThePointerOrAlongAPath) {
  Stage stage;
  ASSERT_TRUE(stage.run_one("move 10 10; drag 20,20 duration=0"));
  EXPECT_THAT(stage.take_input(),
              ElementsAre("pointer 10,10 0", "pointer 10,10 0", "pointer 10,10 1",
                          "pointer 20,20 1", "pointer 20,20 0"));
  ASSERT_TRUE(stage.run_one("drag 1,1 2,2 3,3 duration=0 button=middle"));
  EXPECT_THAT(stage.take_input(), SizeIs(5));
  const auto half = stage.run_one("click x=5");
  ASSERT_FALSE(half);
  EXPECT_EQ(half.error().message, "a place needs both x and y");
}

TEST(Verbs, WaitSinceTheLastActionOfTheRun) {
  Stage stage;
  stage.target.when_key = [&](std::uint32_t, bool is_down) {
    if (is_down) stage.target.fill({1, 2, 30, 40}, 0xff0000);
  };
  const auto result = stage.run_one("key a; wait change timeout=0");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(result->boxes, ElementsAre(Rect{1, 2, 30, 40}));
  EXPECT_FALSE(stage.run_one("wait change timeout=0 since=now"));
  EXPECT_TRUE(stage.run_one("wait color 5 5 #ff0000 timeout=0"));
}

TEST(Verbs, WaitForNothingThatAnotherRunHasDone) {
  Stage stage;
  stage.target.when_key = [&](std::uint32_t, bool is_down) {
    if (is_down) stage.target.fill({1, 2, 30, 40}, 0xff0000 ^ stage.target.screen().generation());
  };
  const auto next = [&stage](VerbRun& verbs, std::string_view line) {
    return stage.run(verbs.next(parse_verbs(line)->front()));
  };
  VerbRun other(stage.agent), own(stage.agent), third(stage.agent);
  ASSERT_TRUE(next(other, "key a"));
  EXPECT_FALSE(next(own, "wait change timeout=0"));
  EXPECT_TRUE(next(own, "wait change timeout=0 since=action")) << "as it was asked";
  ASSERT_TRUE(next(own, "key b"));
  EXPECT_TRUE(next(own, "wait change timeout=0"));
  EXPECT_FALSE(next(third, "wait change timeout=0"));
  EXPECT_TRUE(next(other, "wait change timeout=0"));
}

TEST(Verbs, LetGoOfWhatOneRunHasPressed) {
  Stage stage;
  ASSERT_TRUE(stage.run_one("move 5 5; keydown shift; down left"));
  const auto held = stage.agent.held();
  ASSERT_TRUE(stage.run_one("keydown a; down right"));
  stage.take_input();
  stage.agent.let_go(held);
  EXPECT_THAT(stage.take_input(), ElementsAre("pointer 5,5 1", "up 97"));
  EXPECT_EQ(stage.agent.held().buttons, 1);
  EXPECT_THAT(stage.agent.held().keys, ElementsAre(0xffe1u));
  stage.agent.let_go();
  EXPECT_THAT(stage.take_input(), ElementsAre("pointer 5,5 0", "up 65505"));
}

TEST(Verbs, TakePicturesIntoFilesOrOut) {
  Stage stage;
  const testing::TemporaryFolder folder;
  stage.target.fill({10, 10, 20, 20}, 0x123456);
  const auto file = folder.path("a.png");
  const auto saved = stage.run_one("shot '" + file + "' region=5,5,40x30");
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_EQ(saved->file, file);
  EXPECT_EQ(saved->picture_size, (image::Size{40, 30}));
  const auto out = stage.run_one("shot - format=raw long-edge=100");
  ASSERT_TRUE(out);
  EXPECT_EQ(out->picture.size(), 4u * 100 * 75);
  EXPECT_EQ(stage.run_one("shot")->media_type, "image/png");
  // What was saved can be looked for.
  const auto seen = stage.run_one("wait image '" + file + "' timeout=0");
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_THAT(seen->boxes, ElementsAre(Rect{5, 5, 40, 30}));
  EXPECT_THAT(stage.run_one("wait image " + folder.path("none.png")).error().message,
              HasSubstr("cannot read"));
  EXPECT_THAT(stage.run_one("wait image " + folder.write("b.png", "no picture")).error().message,
              HasSubstr("b.png: "));
}

TEST(Verbs, ShowTheScreenAndTheClipboard) {
  Stage stage;
  const auto info = stage.run_one("move 3 4; info");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->screen->size, (image::Size{400, 300}));
  EXPECT_EQ(info->pointer, (Point{3, 4}));
  EXPECT_EQ(stage.run_one("clip set 'a b'; clip get")->text, "a b");
  EXPECT_THAT(stage.run_one("clip history")->texts, ElementsAre("a b", "a b"));
}

}  // namespace
}  // namespace oriel::agent

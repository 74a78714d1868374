#include "oriel/app/agent/waits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "oriel/testing/agent_stage.h"

namespace oriel::agent {
namespace {

using image::Rect;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

const Rect kBox{50, 60, 100, 80};

struct Stage : testing::AgentStage {
  AgentResult<Seen> still(StillOptions options) { return run(waits.still(std::move(options))); }
  AgentResult<Seen> change(ChangeOptions options) { return run(waits.change(std::move(options))); }
  AgentResult<Seen> image(ImageOptions options) { return run(waits.image(std::move(options))); }
  AgentResult<Seen> colour(ColourOptions options) { return run(waits.colour(std::move(options))); }

  DamageLog log{target};
  Waits waits{target, log};
};

// A picture that is nowhere by chance.
image::RgbaImage sign(std::uint8_t seed = 1) {
  image::RgbaImage picture{{12, 10}, {}};
  for (int i = 0; i < 120; ++i)
    for (const int value : {7 * i + seed, 13 * i, 29 * i + seed, 255})
      picture.pixels.push_back(static_cast<std::uint8_t>(value));
  return picture;
}

image::Frame frame_of(const image::RgbaImage& picture) {
  image::Frame frame(picture.size);
  for (int i = 0; i < frame.size().area(); ++i) {
    const auto* from = picture.pixels.data() + std::ptrdiff_t{4} * i;
    frame.mutable_view().data[i] =
        std::uint32_t{from[0]} << 16 | std::uint32_t{from[1]} << 8 | from[2];
  }
  return frame;
}

TEST(StillWait, EndsAfterTheQuietTimeWhenNothingChanges) {
  Stage stage;
  const auto seen = stage.still({.quiet = 20ms});
  ASSERT_TRUE(seen);
  EXPECT_GE(seen->waited, 20ms);
  EXPECT_THAT(seen->boxes, IsEmpty());
  EXPECT_TRUE(seen->picture_at.is_empty());
  EXPECT_EQ(stage.target.catch_ups, 1);
}

TEST(StillWait, EndsTheQuietTimeAfterTheLastChangeAndSaysWhatChanged) {
  Stage stage;
  const auto begin = Clock::now();
  for (int i = 1; i <= 5; ++i)
    stage.later(i * 15ms, [&, i] { stage.target.fill(kBox, static_cast<std::uint32_t>(i)); });
  const auto seen = stage.still({.quiet = 40ms});
  ASSERT_TRUE(seen);
  EXPECT_GE(Clock::now() - begin, 115ms);
  EXPECT_THAT(seen->boxes, ElementsAre(kBox));
  EXPECT_EQ(seen->picture_at, kBox);
  EXPECT_EQ(seen->picture.at(0, 0), 5u);
}

TEST(StillWait, CountsFromTheMarkAndSeesWhatHappenedBeforeTheCall) {
  Stage stage;
  const auto mark = stage.log.mark();
  stage.target.fill(kBox, 7);
  stage.io.run_for(30ms);
  const auto seen = stage.still({.quiet = 25ms, .since = mark});
  ASSERT_TRUE(seen);
  EXPECT_THAT(seen->boxes, ElementsAre(kBox));
}

TEST(StillWait, DoesNotWaitForACaretAndReportsIt) {
  Stage stage;
  for (int i = 1; i < 300; ++i)
    stage.later(i * 10ms, [&, i] { stage.target.fill({9, 9, 2, 14}, i % 2 == 1 ? 0xffffffu : 0); });
  const auto seen = stage.still({.quiet = 60ms});
  ASSERT_TRUE(seen);
  EXPECT_LT(seen->waited, 2s);
  ASSERT_THAT(seen->recurring, SizeIs(1));
  EXPECT_EQ(seen->recurring[0].box, (Rect{9, 9, 2, 14}));
  EXPECT_GE(seen->recurring[0].times, 3);
}

TEST(StillWait, SaysWhyItTimedOut) {
  Stage stage;
  for (int i = 1; i < 30; ++i)
    stage.later(i * 5ms, [&, i] { stage.target.fill({9, 9, 2, 14}, 1u + i % 2); });
  const auto seen = stage.still({.quiet = 60ms, .is_strict = true, .timeout = 100ms});
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, ErrorKind::kTimeout);
  EXPECT_THAT(seen.error().message, HasSubstr("0,0,400x300 was not still for 60 ms within 100 ms"));
  EXPECT_THAT(seen.error().message, HasSubstr("9,9,2x14"));
}

TEST(StillWait, AsksForASignOfLifeAndSaysWhenThereIsNone) {
  Stage stage;
  stage.target.is_stalled = true;
  const auto seen = stage.still({.quiet = 5ms, .timeout = 30ms});
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error(), (AgentError{ErrorKind::kTimeout, "no sign of life"}));
}

TEST(StillWait, GoesOnWhenTheScreenGetsAnotherSize) {
  Stage stage;
  const auto begin = Clock::now();
  stage.later(10ms, [&] { stage.target.resize({200, 100}); });
  const auto seen = stage.still({.quiet = 30ms});
  ASSERT_TRUE(seen);
  EXPECT_GE(Clock::now() - begin, 40ms);
  EXPECT_THAT(seen->boxes, ElementsAre(Rect{0, 0, 200, 100}));
}

TEST(Waits, EndWithTheTargetAndWithTheirRegion) {
  for (const bool is_lost : {true, false}) {
    Stage stage;
    stage.later(10ms, [&] {
      if (is_lost)
        stage.target.lose({ErrorKind::kConnection, "gone"});
      else
        stage.target.resize({20, 20});
    });
    const auto seen = stage.change({.region = kBox});
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().kind, is_lost ? ErrorKind::kConnection : ErrorKind::kAction);
  }
}

TEST(Waits, RefuseWhatCannotBe) {
  Stage stage;
  const auto kind = [](const AgentResult<Seen>& seen) {
    return seen ? ErrorKind::kInternal : seen.error().kind;
  };
  const Rect outside{390, 0, 20, 20};
  EXPECT_EQ(kind(stage.still({.region = outside})), ErrorKind::kInput);
  EXPECT_EQ(kind(stage.still({.quiet = 0ms})), ErrorKind::kInput);
  EXPECT_EQ(kind(stage.change({.region = outside})), ErrorKind::kInput);
  EXPECT_EQ(kind(stage.change({.timeout = -1ms})), ErrorKind::kInput);
  EXPECT_EQ(kind(stage.image({.picture = sign(), .region = Rect{0, 0, 11, 10}})),
            ErrorKind::kInput);
  EXPECT_EQ(kind(stage.image({.picture = sign(), .fuzz = 256})), ErrorKind::kInput);
  EXPECT_EQ(kind(stage.colour({.at = {400, 0}})), ErrorKind::kInput);
  EXPECT_EQ(kind(stage.colour({.at = {0, 0}, .tolerance = -1})), ErrorKind::kInput);
  stage.target.lose({ErrorKind::kState, "not connected"});
  EXPECT_EQ(kind(stage.still({})), ErrorKind::kState);
}

TEST(ChangeWait, EndsAtTheFirstChangeOfItsRegion) {
  Stage stage;
  const auto begin = Clock::now();
  stage.later(5ms, [&] { stage.target.fill({0, 0, 10, 10}, 1); });
  stage.later(20ms, [&] { stage.target.fill({140, 100, 30, 30}, 1); });
  const auto seen = stage.change({.region = kBox});
  ASSERT_TRUE(seen);
  EXPECT_GE(Clock::now() - begin, 20ms);
  EXPECT_THAT(seen->boxes, ElementsAre(Rect{140, 100, 10, 30}));
}

TEST(ChangeWait, TimesOutAndSaysHowOftenTheRestChanged) {
  Stage stage;
  stage.later(5ms, [&] { stage.target.fill({0, 0, 10, 10}, 1); });
  const auto seen = stage.change({.region = kBox, .timeout = 20ms});
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().message,
            "nothing changed in 50,60,100x80 within 20 ms; the rest of the screen changed 1 time");
}

TEST(ChangeWait, KnowsOfChangesThatTheLogHasForgotten) {
  Stage stage;
  const auto mark = stage.log.mark();
  stage.target.fill(kBox, 1);
  for (std::size_t i = 0; i < kLogEntriesMax; ++i)
    stage.target.fill({300, 200, 1, 1}, static_cast<std::uint32_t>(i + 1));
  EXPECT_TRUE(stage.change({.region = kBox, .since = mark, .timeout = 0ms}));
  EXPECT_FALSE(stage.change({.region = Rect{200, 0, 20, 20}, .since = mark, .timeout = 0ms}));
}

// An effect that lasts 50 to 500 ms and is gone before anybody looks is seen all the same.
TEST(ChangeWait, SeesAThousandChangesThatLastAShortWhile) {
  Stage stage;
  std::mt19937 random(11);
  const auto below = [&random](int end) { return static_cast<int>(random() % end); };
  for (int round = 0; round < 1000; ++round) {
    const Rect box{below(350), below(250), 1 + below(50), 1 + below(50)};
    const auto mark = stage.log.mark();
    stage.target.fill(box, 0xffffff);
    for (int i = below(4); i > 0; --i) stage.target.fill({0, 290, 10, 10}, random() & 0xffffff);
    stage.target.fill(box, 0);
    const auto seen = stage.change({.region = box, .since = mark, .timeout = 0ms});
    ASSERT_TRUE(seen) << round;
    const auto coloured =
        stage.colour({.at = {box.x, box.y}, .colour = 0xffffff, .since = mark, .timeout = 0ms});
    ASSERT_TRUE(coloured) << round;
    const auto still = stage.still({.quiet = 1ms, .since = mark});
    ASSERT_TRUE(still);
    ASSERT_FALSE(still->boxes.empty());
  }
}

TEST(ImageWait, FindsAPictureThatIsThereAlready) {
  Stage stage;
  stage.target.draw({33, 44}, frame_of(sign()));
  const auto seen = stage.image({.picture = sign(), .timeout = 0ms});
  ASSERT_TRUE(seen);
  EXPECT_THAT(seen->boxes, ElementsAre(Rect{33, 44, 12, 10}));
  EXPECT_EQ(seen->picture, frame_of(sign()));
}

TEST(ImageWait, FindsAPictureThatIsDrawnInPieces) {
  Stage stage;
  const auto whole = frame_of(sign());
  const auto left = copy_of(whole.view(), {0, 0, 5, 10}),
             right = copy_of(whole.view(), {5, 0, 7, 10});
  stage.later(5ms, [&] { stage.target.draw({33, 44}, left); });
  stage.later(10ms, [&] { stage.target.fill({0, 0, 5, 5}, 9); });
  stage.later(15ms, [&] { stage.target.draw({38, 44}, right); });
  const auto seen = stage.image({.picture = sign()});
  ASSERT_TRUE(seen);
  EXPECT_THAT(seen->boxes, ElementsAre(Rect{33, 44, 12, 10}));
}

TEST(ImageWait, FindsAPictureThatHasComeAndGone) {
  Stage stage;
  const auto mark = stage.log.mark();
  stage.target.fill({0, 0, 9, 9}, 1);
  stage.target.draw({33, 44}, frame_of(sign()));
  const auto generation = stage.target.screen().generation();
  stage.target.fill({30, 40, 50, 50}, 0);
  EXPECT_FALSE(stage.image({.picture = sign(), .timeout = 0ms}));
  const auto seen = stage.image({.picture = sign(), .since = mark, .timeout = 0ms});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->mark.generation, generation);
  EXPECT_EQ(seen->picture, frame_of(sign()));
}

TEST(ImageWait, TakesASimilarPictureOnlyWithFuzzAndSaysWhereTheNearestWas) {
  Stage stage;
  stage.target.draw({33, 44}, frame_of(sign(3)));
  const auto missed = stage.image({.picture = sign(), .timeout = 0ms});
  ASSERT_FALSE(missed);
  EXPECT_THAT(missed.error().message, HasSubstr("the nearest is at 33,44 with a difference of"));
  EXPECT_TRUE(stage.image({.picture = sign(), .fuzz = 10, .timeout = 0ms}));
}

TEST(ColourWait, EndsWhenThePixelHasTheColour) {
  Stage stage;
  stage.later(5ms, [&] { stage.target.fill({10, 10, 5, 5}, 0x804020); });
  ASSERT_TRUE(stage.colour({.at = {12, 12}, .colour = 0x814121, .tolerance = 1}));
  const auto seen = stage.colour({.at = {12, 12}, .colour = 0xff0000, .timeout = 5ms});
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().message, "the colour at 12,12 was not #ff0000 within 5 ms: it is #804020");
}

}  // namespace
}  // namespace oriel::agent

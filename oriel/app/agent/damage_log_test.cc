#include "oriel/app/agent/damage_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "oriel/testing/agent_stage.h"

namespace oriel::agent {
namespace {

using image::Rect;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Stage : testing::AgentStage {
  explicit Stage(std::size_t bytes_max = kLogBytesMax) : log(target, bytes_max) {}
  std::vector<image::Frame> frames_since(const Mark& mark) {
    std::vector<image::Frame> frames;
    log.replay(mark, [&](const image::FrameView& view, const DamageLog::Change&) {
      frames.push_back(copy_of(view, Rect::of(view.size())));
      return false;
    });
    return frames;
  }
  DamageLog log;
};

TEST(DamageLog, RemembersWhatChangedSinceAMark) {
  Stage stage;
  stage.target.fill({0, 0, 10, 10}, 0xff);
  const auto mark = stage.log.mark();
  EXPECT_EQ(stage.log.first_after(mark), stage.log.changes().size());
  stage.target.fill({50, 50, 20, 20}, 0xff);
  const auto first = stage.log.first_after(mark);
  ASSERT_EQ(first, 1u);
  EXPECT_THAT(stage.log.changes()[first].rects, ElementsAre(Rect{50, 50, 20, 20}));
}

TEST(DamageLog, ShowsAPictureThatHasComeAndGone) {
  Stage stage;
  const auto mark = stage.log.mark();
  stage.target.fill({5, 5, 10, 10}, 0xff0000);
  stage.target.fill({5, 5, 10, 10}, 0);
  const auto frames = stage.frames_since(mark);
  ASSERT_THAT(frames, SizeIs(2));
  EXPECT_EQ(frames[0].at(7, 7), 0xff0000u);
  EXPECT_EQ(frames[1].at(7, 7), 0u);
  EXPECT_THAT(stage.frames_since(stage.log.mark()), IsEmpty());
}

TEST(DamageLog, ForgetsOldPixelsFirstAndShowsTheRestRight) {
  Stage stage(3 * (4 * 30 * 30 + 128));
  const auto mark = stage.log.mark();
  std::mt19937 random(1);
  std::vector<image::Frame> shown;
  for (int i = 0; i < 50; ++i) {
    const auto x = static_cast<int>(random() % 370), y = static_cast<int>(random() % 270);
    stage.target.fill({x, y, 30, 30}, 0x010101 * static_cast<std::uint32_t>(i + 1));
    shown.push_back(copy_of(stage.target.screen().view(), Rect::of({400, 300})));
  }
  const auto frames = stage.frames_since(mark);
  ASSERT_GE(frames.size(), 3u);
  ASSERT_LT(frames.size(), 10u);
  for (std::size_t i = 0; i < frames.size(); ++i)
    EXPECT_EQ(frames[frames.size() - 1 - i], shown[shown.size() - 1 - i]);
  EXPECT_THAT(stage.log.changes(), SizeIs(50));
}

TEST(DamageLog, KeepsABoundedNumberOfChanges) {
  Stage stage({});
  for (std::size_t i = 0; i < kLogEntriesMax + 10; ++i)
    stage.target.fill({0, 0, 1, 1}, static_cast<std::uint32_t>(i + 1));
  EXPECT_THAT(stage.log.changes(), SizeIs(kLogEntriesMax));
  EXPECT_EQ(stage.log.changes().back().generation, stage.target.screen().generation());
}

TEST(DamageLog, BeginsAnewWhenTheScreenHasAnotherSize) {
  Stage stage;
  const auto mark = stage.log.mark();
  stage.target.fill({300, 200, 10, 10}, 0xff);
  stage.target.resize({100, 80});
  stage.target.fill({1, 1, 2, 2}, 0xff);
  EXPECT_EQ(stage.log.resizes(), 1);
  EXPECT_EQ(stage.log.first_after(mark), 0u);
  const auto frames = stage.frames_since(mark);
  ASSERT_THAT(frames, SizeIs(1));
  EXPECT_EQ(frames[0].size(), (image::Size{100, 80}));
}

TEST(DamageLog, SaysThatTheTargetIsLost) {
  Stage stage;
  EXPECT_FALSE(stage.log.loss());
  stage.target.lose({ErrorKind::kConnection, "gone"});
  EXPECT_EQ(stage.log.loss(), (AgentError{ErrorKind::kConnection, "gone"}));
}

TEST(DamageLog, LeavesItsTargetWhenItEnds) {
  testing::AgentStage stage;
  {
    const DamageLog log(stage.target);
  }
  EXPECT_EQ(stage.target.listeners(), 0u);
}

}  // namespace
}  // namespace oriel::agent

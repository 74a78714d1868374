#include "oriel/core/screen/stillness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace oriel::screen {
namespace {

using image::Rect;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr TimePoint kStart{10s};
const Rect kWhole{0, 0, 1920, 1080};
const Rect kCaret{100, 100, 2, 16};

struct Watched : Stillness {
  explicit Watched(StillnessConfig config = {kWhole, 150ms}) : Stillness(config, kStart) {}
  void change(Duration after, const Rect& rect) { add(kStart + after, {&rect, 1}); }
};

TEST(Stillness, ComesWhenNothingHasChangedForTheQuietTime) {
  Watched watched;
  EXPECT_EQ(watched.still_at(), kStart + 150ms);
  EXPECT_FALSE(watched.has_changed());
  watched.change(100ms, {0, 0, 400, 400});
  EXPECT_EQ(watched.still_at(), kStart + 250ms);
  EXPECT_THAT(watched.boxes(), ElementsAre(Rect{0, 0, 400, 400}));
}

TEST(Stillness, DoesNotSeeWhatIsOutsideOfItsRegion) {
  Watched watched({{0, 0, 100, 100}, 150ms});
  watched.change(100ms, {100, 0, 50, 50});
  EXPECT_EQ(watched.still_at(), kStart + 150ms);
  watched.change(120ms, {90, 90, 500, 500});
  EXPECT_EQ(watched.still_at(), kStart + 270ms);
  EXPECT_EQ(watched.last_box(), (Rect{90, 90, 10, 10}));
}

TEST(Stillness, TakesACaretForStillAtItsThirdBlinkAndReportsIt) {
  Watched watched({kWhole, 1s});
  watched.change(500ms, kCaret);
  watched.change(1000ms, kCaret);
  EXPECT_EQ(watched.still_at(), kStart + 2000ms);
  watched.change(1500ms, kCaret);
  EXPECT_EQ(watched.still_at(), kStart + 1s);
  EXPECT_THAT(watched.recurring(), ElementsAre(RecurringChange{kCaret, 3, kStart + 1500ms}));
  EXPECT_THAT(watched.boxes(), IsEmpty());
}

TEST(Stillness, DoesNotTakeAnAnswerInSeveralStepsForACaret) {
  Watched watched;
  for (const auto at : {10ms, 12ms, 22ms, 30ms}) watched.change(at, kCaret);
  EXPECT_EQ(watched.still_at(), kStart + 180ms);
  EXPECT_THAT(watched.boxes(), ElementsAre(kCaret));
  EXPECT_THAT(watched.recurring(), IsEmpty());
  watched.change(110ms, kCaret);
  EXPECT_THAT(watched.recurring(), SizeIs(1));
}

TEST(Stillness, CountsACaretWhenItIsStrict) {
  Watched watched({kWhole, 1s, true});
  for (int i = 1; i <= 10; ++i) watched.change(i * 500ms, kCaret);
  EXPECT_EQ(watched.still_at(), kStart + 6s);
  EXPECT_THAT(watched.recurring(), IsEmpty());
}

TEST(Stillness, CountsWhatIsLargerThanAThousandthHoweverOftenItComes) {
  const Rect region{0, 0, 1000, 1000};
  Watched allowed({region, 1s}), larger({region, 1s});
  for (int i = 1; i <= 5; ++i) {
    allowed.change(i * 100ms, {0, 0, 50, 20});
    larger.change(i * 100ms, {0, 0, 77, 13});
  }
  EXPECT_EQ(allowed.still_at(), kStart + 1s);
  EXPECT_EQ(larger.still_at(), kStart + 1500ms);
}

// A terminal that prints: each change covers the old place of the caret and the next.
TEST(Stillness, DoesNotTakeTextThatIsWrittenForACaret) {
  Watched watched;
  for (int i = 0; i < 40; ++i) watched.change(i * 10ms, {8 * i, 200, 16, 16});
  EXPECT_EQ(watched.still_at(), kStart + 390ms + 150ms);
  EXPECT_THAT(watched.recurring(), IsEmpty());
}

TEST(Stillness, TellsAClockFromWhatElseChanges) {
  Watched watched({kWhole, 2s});
  const Rect seconds{1800, 10, 16, 12}, minute{1790, 10, 24, 12}, page{0, 100, 900, 900};
  for (int i = 1; i <= 5; ++i) watched.change(i * 1s, i == 3 ? minute : seconds);
  watched.change(5500ms, page);
  EXPECT_EQ(watched.still_at(), kStart + 7500ms);
  EXPECT_THAT(watched.recurring(), SizeIs(1));
  EXPECT_THAT(watched.boxes(), UnorderedElementsAre(page, minute));
}

TEST(Stillness, CountsTheChangesOfMoreBoxesThanItKeeps) {
  Watched watched({kWhole, 1s});
  for (int round = 0; round < 4; ++round)
    for (std::size_t i = 0; i <= Stillness::kBoxesMax; ++i)
      watched.change(round * 100ms, {static_cast<int>(20 * i), 300, 4, 4});
  EXPECT_THAT(watched.recurring(), SizeIs(Stillness::kBoxesMax));
  EXPECT_EQ(watched.still_at(), kStart + 1300ms);
}

// Whatever happens: never still before the quiet time has passed after the last large change, and
// always by the quiet time after the last change.
TEST(Stillness, IsBetweenTheLastLargeChangeAndTheLastChange) {
  std::mt19937 random(3);
  const auto below = [&random](int end) { return static_cast<int>(random() % end); };
  for (int round = 0; round < 1000; ++round) {
    Watched watched;
    Duration at{}, last_large{}, last{};
    for (int i = below(30); i > 0; --i) {
      at += std::chrono::milliseconds(below(100));
      const bool is_large = below(4) == 0;
      watched.change(
          at, is_large ? Rect{below(900), below(500), 300, 300} : Rect{20 * below(5), 100, 4, 16});
      last = at;
      if (is_large) last_large = at;
    }
    EXPECT_GE(watched.still_at(), kStart + last_large + 150ms);
    EXPECT_LE(watched.still_at(), kStart + last + 150ms);
  }
}

}  // namespace
}  // namespace oriel::screen

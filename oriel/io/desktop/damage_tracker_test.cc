#include "oriel/io/desktop/damage_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "oriel/io/desktop/limits.h"

namespace oriel::desktop {
namespace {

using image::Rect;
using image::Size;
using ::testing::ElementsAre;

DamageTracker clean_tracker(Size size) {
  DamageTracker tracker(size);
  tracker.take();
  return tracker;
}

TEST(DamageTracker, StartsWithTheWholeDesktopDamaged) {
  DamageTracker tracker({100, 50});
  EXPECT_FALSE(tracker.empty());
  EXPECT_THAT(tracker.take(), ElementsAre(Rect{0, 0, 100, 50}));
  EXPECT_TRUE(tracker.empty());
  EXPECT_THAT(tracker.take(), ElementsAre());
}

TEST(DamageTracker, ClipsToTheDesktopAndForgetsWhatLiesOutside) {
  auto tracker = clean_tracker({100, 50});
  tracker.add({-10, 40, 30, 30});
  tracker.add({200, 0, 10, 10});
  tracker.add({5, 5, 0, 4});
  EXPECT_THAT(tracker.take(), ElementsAre(Rect{0, 40, 20, 10}));
}

TEST(DamageTracker, KeepsOnlyTheOuterOneOfNestedRectangles) {
  auto tracker = clean_tracker({100, 50});
  tracker.add({10, 10, 5, 5});
  tracker.add({8, 8, 10, 10});
  tracker.add({9, 9, 2, 2});
  EXPECT_THAT(tracker.take(), ElementsAre(Rect{8, 8, 10, 10}));
}

TEST(DamageTracker, KeepsRectanglesExactUpToTheLimitAndUnitesCellsAboveIt) {
  auto tracker = clean_tracker({1000, 1000});
  for (int i = 0; i < static_cast<int>(kMaxDamageRects); ++i) tracker.add({i * 3, 0, 1, 1});
  auto exact = tracker;
  EXPECT_EQ(exact.take().size(), kMaxDamageRects);
  tracker.add({999, 999, 1, 1});
  // 64 rectangles, 3 apart: 0 .. 189, so three cells of the first row; the last cell is cut.
  EXPECT_THAT(tracker.take(), ElementsAre(Rect{0, 0, 192, 64}, Rect{960, 960, 40, 40}));
  EXPECT_TRUE(tracker.empty());
}

TEST(DamageTracker, CoversAllDamageWithDisjointRectanglesWhenUnited) {
  const Size size{517, 389};
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    auto tracker = clean_tracker(size);
    std::vector<Rect> added;
    for (int i = 0; i < 100; ++i) {
      added.push_back(
          {static_cast<int>(random() % 517), static_cast<int>(random() % 389), 1 + i % 7, 1});
      tracker.add(added.back());
    }
    const auto taken = tracker.take();
    for (std::size_t i = 0; i < taken.size(); ++i) {
      EXPECT_TRUE(Rect::of(size).contains(taken[i]));
      for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(taken[i].intersects(taken[j]));
    }
    for (const Rect& rect : added) {
      const Rect inside = rect.intersected(Rect::of(size));
      std::int64_t covered = 0;
      for (const Rect& part : taken) covered += part.intersected(inside).area();
      EXPECT_EQ(covered, inside.area());
    }
  }
}

TEST(DamageTracker, JoinsEqualRunsOfSuccessiveRows) {
  auto tracker = clean_tracker({640, 640});
  for (int y = 100; y < 300; ++y) tracker.add({70, y, 10, 1});
  EXPECT_THAT(tracker.take(), ElementsAre(Rect{64, 64, 64, 256}));
}

TEST(DamageTracker, CountsEverythingAsDamagedAfterAResize) {
  auto tracker = clean_tracker({640, 640});
  for (int y = 0; y < 200; ++y) tracker.add({70, y, 10, 1});
  tracker.reset({30, 20});
  EXPECT_THAT(tracker.take(), ElementsAre(Rect{0, 0, 30, 20}));
}

}  // namespace
}  // namespace oriel::desktop

#include "oriel/core/screen/changed_rects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace oriel::screen {
namespace {

using image::Rect;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

CommitResult fill(Screen& screen, const Rect& rect, std::uint32_t colour) {
  const image::Frame frame(rect.size(), colour);
  const Patch patch{rect, frame.view()};
  return screen.commit({&patch, 1});
}

TEST(ChangedRects, AreOneWhenAChangeCrossesCells) {
  Screen screen({640, 480});
  const Rect box{50, 60, 300, 20};
  const auto result = fill(screen, box, 0xff0000);
  EXPECT_THAT(changed_rects(screen, result.generation, result.bounds), ElementsAre(box));
}

TEST(ChangedRects, AreOnlyThoseOfTheGeneration) {
  Screen screen({640, 480});
  fill(screen, {0, 0, 30, 30}, 0xff0000);
  const auto result = fill(screen, {300, 300, 5, 5}, 0xff0000);
  EXPECT_THAT(changed_rects(screen, result.generation, Rect::of(screen.size())),
              ElementsAre(Rect{300, 300, 5, 5}));
}

TEST(ChangedRects, KeepWhatLiesApart) {
  Screen screen({640, 480});
  const image::Frame red({4, 4}, 0xff0000);
  const std::vector<Patch> patches{{{0, 0, 4, 4}, red.view()}, {{600, 400, 4, 4}, red.view()}};
  const auto result = screen.commit(patches);
  EXPECT_THAT(changed_rects(screen, result.generation, result.bounds),
              ElementsAre(Rect{0, 0, 4, 4}, Rect{600, 400, 4, 4}));
}

TEST(ChangedRects, OfAWholeScreenAreOne) {
  Screen screen({1920, 1080});
  const auto result = fill(screen, {0, 0, 1920, 1080}, 0x123456);
  EXPECT_THAT(changed_rects(screen, result.generation, result.bounds),
              ElementsAre(Rect{0, 0, 1920, 1080}));
}

TEST(JoinedRects, OfNothingAreNone) { EXPECT_THAT(joined({}), IsEmpty()); }

TEST(JoinedRects, CoverAllOfMany) {
  std::mt19937 random(7);
  const auto below = [&random](int end) { return static_cast<int>(random() % end); };
  for (int round = 0; round < 60; ++round) {
    std::vector<Rect> rects;
    for (int i = 0; i < 3 * round; ++i)
      rects.push_back({below(1000), below(1000), 1 + below(40), 1 + below(40)});
    const auto result = joined(rects, 8);
    EXPECT_LE(result.size(), 8u);
    for (const auto& rect : rects)
      EXPECT_TRUE(
          std::ranges::any_of(result, [&](const Rect& each) { return each.contains(rect); }));
  }
}

}  // namespace
}  // namespace oriel::screen

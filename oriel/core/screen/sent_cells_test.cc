#include "oriel/core/screen/sent_cells.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>

#include "oriel/core/screen/units.h"

namespace oriel::screen {
namespace {

using image::Frame;
using image::Rect;
using image::Region;
using image::Size;

constexpr Size kSize{333, 210};

// A viewer as the server sees it, and the picture that its updates have made.
struct Viewer {
  explicit Viewer(const Screen& screen) : sent(screen.grid()), picture(screen.size(), 0x777777) {}

  // Takes what it lacks inside `wanted`, as the pipeline does, and says how many pixels came.
  std::int64_t update(const Screen& screen, const Region& wanted) {
    std::int64_t pixels = 0;
    for (const auto& unit : merge_to_units(sent.lacking(screen, wanted))) {
      pixels += unit.area();
      for (int y = unit.y; y < unit.bottom(); ++y)
        std::memcpy(&picture.at(unit.x, y), screen.view().row(y) + 4 * unit.x,
                    std::size_t{4} * unit.width);
    }
    sent.mark_sent(screen, wanted);
    return pixels;
  }

  SentCells sent;
  Frame picture;
};

Rect random_rect(std::mt19937& random, int largest) {
  int x = static_cast<int>(random() % kSize.width), y = static_cast<int>(random() % kSize.height);
  return {x, y, std::min(kSize.width - x, 1 + static_cast<int>(random() % largest)),
          std::min(kSize.height - y, 1 + static_cast<int>(random() % largest))};
}

void expect_equal_inside(const Frame& picture, const Screen& screen, const Region& wanted) {
  for (const auto& rect : wanted.rects())
    for (int y = rect.y; y < rect.bottom(); ++y)
      ASSERT_EQ(std::memcmp(picture.view().row(y) + 4 * rect.x, screen.view().row(y) + 4 * rect.x,
                            4ul * rect.width),
                0)
          << "row " << y << " of a wanted rectangle is not the screen's";
}

// The model test: random damage, requests for any part, full and incremental, by viewers that lag
// differently.
TEST(SentCells, EveryViewerHasTheTruePictureAfterEachUpdate) {
  for (std::uint32_t seed = 0; seed < 30; ++seed) {
    std::mt19937 random(seed);
    Frame desktop(kSize);
    Screen screen(kSize);
    std::vector<Viewer> viewers(4, Viewer(screen));
    for (int step = 0; step < 120; ++step) {
      for (int draws = static_cast<int>(random() % 4); draws > 0; --draws) {
        auto rect = random_rect(random, random() % 5 == 0 ? 300 : 30);
        auto colour = static_cast<std::uint32_t>(random()) & image::kColourMask;
        for (int y = rect.y; y < rect.bottom(); ++y)
          for (int x = rect.x; x < rect.right(); ++x) desktop.at(x, y) = colour;
        Patch patch{rect, desktop.view().crop(rect)};
        screen.commit({&patch, 1});
      }
      auto& viewer =
          viewers[random() % (random() % 3 ? viewers.size() : 1)];  // the first one is quick
      Region wanted(random() % 2 ? Rect::of(kSize) : random_rect(random, 200));
      if (random() % 3 == 0) wanted.add(random_rect(random, 90));
      if (random() % 8 == 0) viewer.sent.forget(wanted.rects()[0]);
      viewer.update(screen, wanted);
      expect_equal_inside(viewer.picture, screen, wanted);
      ASSERT_FALSE(viewer.sent.is_lacking(screen, wanted));
      ASSERT_EQ(viewer.update(screen, wanted), 0)
          << "something was sent though nothing had changed";
    }
    for (auto& viewer : viewers) {
      viewer.update(screen, Region(Rect::of(kSize)));
      ASSERT_EQ(viewer.picture, desktop) << "seed " << seed;
    }
  }
}

TEST(SentCells, ALaggingViewerGetsTheUnionOfTheLastFourChanges) {
  Frame desktop(kSize);
  Screen screen(kSize);
  Viewer viewer(screen);
  Region all(Rect::of(kSize));
  viewer.update(screen, all);
  auto draw = [&](int x) {
    desktop.at(x, 3) = desktop.at(x, 3) + 1;
    Patch patch{Rect::of(kSize), desktop.view()};
    screen.commit({&patch, 1});
  };
  for (int x : {1, 3, 5}) draw(x);
  EXPECT_EQ(viewer.sent.lacking(screen, all), (std::vector<Rect>{{1, 3, 5, 1}}));
  for (int x : {7, 9}) draw(x);  // the first is forgotten now
  EXPECT_EQ(viewer.sent.lacking(screen, all), (std::vector<Rect>{{0, 0, 64, 64}}));
}

TEST(SentCells, ForgettingAPartAsksForThatPartAlone) {
  Screen screen(kSize);
  Viewer viewer(screen);
  Region all(Rect::of(kSize));
  viewer.update(screen, all);
  viewer.sent.forget({10, 10, 20, 20});
  EXPECT_EQ(viewer.sent.lacking(screen, all), (std::vector<Rect>{{10, 10, 20, 20}}));
}

}  // namespace
}  // namespace oriel::screen

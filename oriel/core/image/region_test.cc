#include "oriel/core/image/region.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace oriel::image {
namespace {

constexpr int kEdge = 40;

std::vector<bool> paint(const Region& region) {
  std::vector<bool> pixels(kEdge * kEdge);
  for (const auto& rect : region.rects())
    for (int y = rect.y; y < rect.bottom(); ++y)
      for (int x = rect.x; x < rect.right(); ++x) {
        EXPECT_FALSE(pixels[y * kEdge + x]) << "rectangles overlap";
        pixels[y * kEdge + x] = true;
      }
  return pixels;
}

Rect random_rect(std::mt19937& random) {
  int x = static_cast<int>(random() % kEdge), y = static_cast<int>(random() % kEdge);
  return {x, y, static_cast<int>(random() % (kEdge - x + 1)),
          static_cast<int>(random() % (kEdge - y + 1))};
}

TEST(Region, AgreesWithABitmapUnderRandomAddsAndSubtracts) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    Region region;
    std::vector<bool> expected(kEdge * kEdge);
    for (int step = 0; step < 8; ++step) {
      auto rect = random_rect(random);
      bool adds = random() % 3 != 0;
      adds ? region.add(rect) : region.subtract(rect);
      for (int y = rect.y; y < rect.bottom(); ++y)
        for (int x = rect.x; x < rect.right(); ++x) expected[y * kEdge + x] = adds;
    }
    ASSERT_EQ(paint(region), expected) << "round " << round;
    auto probe = random_rect(random);
    bool touches = false, covers = true;
    for (int y = probe.y; y < probe.bottom(); ++y)
      for (int x = probe.x; x < probe.right(); ++x) {
        touches = touches || expected[y * kEdge + x];
        covers = covers && expected[y * kEdge + x];
      }
    EXPECT_EQ(region.intersects(probe), touches);
    EXPECT_EQ(region.covers(probe), covers);
  }
}

TEST(Region, BecomesItsBoundingBoxBeyondTheLimit) {
  Region region;
  for (int i = 0; i < 70; ++i) region.add({i * 3, i * 5, 2, 2});
  EXPECT_LE(region.rects().size(), Region::kMaxRects);
  EXPECT_EQ(region.bounds(), Rect::between(0, 0, 69 * 3 + 2, 69 * 5 + 2));
}

TEST(Region, IgnoresEmptyRectangles) {
  Region region;
  region.add({5, 5, 0, 3});
  region.subtract({0, 0, 0, 0});
  EXPECT_TRUE(region.is_empty());
}

}  // namespace
}  // namespace oriel::image

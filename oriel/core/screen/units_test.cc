#include "oriel/core/screen/units.h"

#include <gtest/gtest.h>

#include <random>

namespace oriel::screen {
namespace {

using image::Rect;

TEST(Units, AFullScreenIsOneUnitPerTile) {
  auto units = merge_to_units(std::vector<Rect>{{0, 0, 1920, 1080}});
  EXPECT_EQ(units.size(), 4u * 5u);
  EXPECT_EQ(units[0], (Rect{0, 0, 512, 256}));
  EXPECT_EQ(units.back(), (Rect{1536, 1024, 384, 56}));
}

TEST(Units, NeighboursBecomeOne) {
  EXPECT_EQ(merge_to_units(std::vector<Rect>{
                {0, 0, 64, 64}, {64, 0, 64, 64}, {0, 64, 64, 64}, {64, 64, 64, 64}}),
            (std::vector<Rect>{{0, 0, 128, 128}}));
}

TEST(Units, DistantPartsOfATileStayApart) {
  auto units = merge_to_units(std::vector<Rect>{{0, 0, 10, 10}, {500, 250, 10, 5}});
  EXPECT_EQ(units, (std::vector<Rect>{{0, 0, 10, 10}, {500, 250, 10, 5}}));
}

TEST(Units, CoverEveryPartWithoutOverlap) {
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    std::vector<Rect> parts;
    for (int i = static_cast<int>(random() % 30); i >= 0; --i)
      parts.push_back({static_cast<int>(random() % 1800), static_cast<int>(random() % 1000),
                       1 + static_cast<int>(random() % 120), 1 + static_cast<int>(random() % 80)});
    auto units = merge_to_units(parts);
    for (const auto& part : parts) {
      std::int64_t covered = 0;
      for (const auto& unit : units) covered += unit.intersected(part).area();
      EXPECT_EQ(covered, part.area());
    }
    for (std::size_t i = 0; i < units.size(); ++i) {
      EXPECT_LE(units[i].width, kUnitSize.width);
      EXPECT_LE(units[i].height, kUnitSize.height);
      for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(units[i].intersects(units[j]));
    }
  }
}

TEST(Units, SplitIntoPartsThatFitAndCoverTheSame) {
  const std::vector<Rect> small{{0, 0, 255, 255}, {300, 7, 1, 1}};
  EXPECT_EQ(split_units(small, {255, 255}), small);
  const auto parts = split_units({{512, 256, 512, 256}, {5, 6, 7, 8}}, {255, 255});
  EXPECT_EQ(parts, (std::vector<Rect>{{512, 256, 170, 128},
                                      {682, 256, 171, 128},
                                      {853, 256, 171, 128},
                                      {512, 384, 170, 128},
                                      {682, 384, 171, 128},
                                      {853, 384, 171, 128},
                                      {5, 6, 7, 8}}));
}

}  // namespace
}  // namespace oriel::screen

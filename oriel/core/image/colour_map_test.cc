#include "oriel/core/image/colour_map.h"

#include <limits>
#include <random>
#include <set>

#include <gtest/gtest.h>

namespace oriel::image {
namespace {

int distance(std::uint32_t a, std::uint32_t b) {
  int sum = 0;
  for (int shift : {0, 8, 16}) {
    const int difference = static_cast<int>(a >> shift & 255) - static_cast<int>(b >> shift & 255);
    sum += difference * difference;
  }
  return sum;
}

TEST(ColourMap, HasNoColourTwiceAndTheCornersOfTheCube) {
  const auto& map = standard_colour_map();
  EXPECT_EQ(std::set(map.begin(), map.end()).size(), 256u);
  EXPECT_EQ(map[0], 0u);
  EXPECT_EQ(map[5], 0x0000ffu);
  EXPECT_EQ(map[30], 0x00ff00u);
  EXPECT_EQ(map[180], 0xff0000u);
  EXPECT_EQ(map[215], 0xffffffu);
}

TEST(ColourMap, FindsEachOfItsOwnColours) {
  for (int entry = 0; entry < 256; ++entry)
    EXPECT_EQ(nearest_colour(standard_colour_map()[entry] | 0xab000000), entry);
}

TEST(ColourMap, FindsTheNearestOfAllEntries) {
  std::mt19937 random(3);
  for (int round = 0; round < 20000; ++round) {
    std::uint32_t pixel = random() & 0xffffff;
    if (round % 2 == 0) pixel = (pixel & 255) * 0x010101 + (pixel >> 20);  // nearly grey
    pixel &= 0xffffff;
    int least = std::numeric_limits<int>::max();
    for (auto colour : standard_colour_map()) least = std::min(least, distance(colour, pixel));
    ASSERT_EQ(distance(standard_colour_map()[nearest_colour(pixel)], pixel), least) << pixel;
  }
}

}  // namespace
}  // namespace oriel::image

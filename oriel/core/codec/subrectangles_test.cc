#include "oriel/core/codec/subrectangles.h"

#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace oriel::codec {
namespace {

constexpr auto kNoLimit = std::numeric_limits<std::size_t>::max();

TEST(Subrectangles, CoverARandomPictureExactlyOnce) {
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    const int width = 1 + static_cast<int>(random() % 20),
              height = 1 + static_cast<int>(random() % 20);
    std::vector<std::uint32_t> picture(static_cast<std::size_t>(width * height));
    for (auto& pixel : picture) pixel = random() % (1 + round % 5);
    const auto background = most_common_colour(picture);
    auto pixels = picture;
    std::vector<Subrectangle> found;
    find_subrectangles(pixels, width, background, kNoLimit, found);
    EXPECT_EQ(pixels, std::vector(pixels.size(), background));
    for (const auto& part : found) {
      ASSERT_GT(part.width * part.height, 0);
      ASSERT_LE(part.x + part.width, width);
      ASSERT_LE(part.y + part.height, height);
      for (int y = part.y; y < part.y + part.height; ++y) {
        for (int x = part.x; x < part.x + part.width; ++x) {
          ASSERT_EQ(pixels[y * width + x], background) << "covered twice";
          pixels[y * width + x] = part.colour;
        }
      }
    }
    ASSERT_EQ(pixels, picture);
  }
}

TEST(Subrectangles, TakeTheLargestBlockRatherThanTheLongestRow) {
  std::vector<std::uint32_t> pixels{1, 1, 1, 1,  //
                                    1, 1, 0, 0,  //
                                    1, 1, 0, 0};
  std::vector<Subrectangle> found;
  find_subrectangles(pixels, 4, 0, kNoLimit, found);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].width * found[0].height, 6);
}

TEST(Subrectangles, StopBeyondTheLimit) {
  std::vector<std::uint32_t> pixels{1, 0, 1, 0, 1, 0, 1, 0};
  std::vector<Subrectangle> found;
  find_subrectangles(pixels, 8, 0, 2, found);
  EXPECT_EQ(found.size(), 3u);
}

TEST(MostCommonColour, CountsRunsOfTheSameColourTogether) {
  EXPECT_EQ(most_common_colour(std::vector<std::uint32_t>{5}), 5u);
  EXPECT_EQ(most_common_colour(std::vector<std::uint32_t>{1, 2, 2, 1, 3, 3, 1, 0}), 1u);
  std::vector<std::uint32_t> many(1000);
  for (std::uint32_t i = 0; i < many.size(); ++i) many[i] = i % 4 == 0 ? 77 : i;
  EXPECT_EQ(most_common_colour(many), 77u);
}

}  // namespace
}  // namespace oriel::codec

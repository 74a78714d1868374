#include "oriel/core/image/scale.h"

#include <gtest/gtest.h>

namespace oriel::image {
namespace {

TEST(Scale, KeepsAPictureOfTheSameSize) {
  Frame frame({3, 2});
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 3; ++x) frame.at(x, y) = static_cast<std::uint32_t>(0x010203 * (x + 3 * y));
  EXPECT_EQ(scale_down(frame.view(), {3, 2}), frame);
}

TEST(Scale, TakesTheMeanOfWhatAPixelStandsFor) {
  Frame frame({4, 2});
  frame.at(0, 0) = 0xff0000;
  frame.at(1, 1) = 0x00ff00;
  frame.at(2, 0) = frame.at(3, 0) = frame.at(2, 1) = frame.at(3, 1) = 0x0000ff;
  const auto half = scale_down(frame.view(), {2, 1});
  EXPECT_EQ(half.at(0, 0), 0x404000u);
  EXPECT_EQ(half.at(1, 0), 0x0000ffu);
}

TEST(Scale, CountsEveryPixelOnceWhenTheRatioIsUneven) {
  Frame frame({7, 5}, 0x112233);
  for (int width = 1; width <= 7; ++width)
    for (int height = 1; height <= 5; ++height)
      EXPECT_EQ(scale_down(frame.view(), {width, height}), Frame({width, height}, 0x112233));
}

}  // namespace
}  // namespace oriel::image

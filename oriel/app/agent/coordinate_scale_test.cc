#include "oriel/app/agent/coordinate_scale.h"

#include <gtest/gtest.h>

namespace oriel::agent {
namespace {

using image::Point;
using image::Rect;
using image::Size;

TEST(CoordinateScale, GivesModelsTheSizesThatTheyWouldMakeThemselves) {
  const std::pair<Size, Size> kSizes[] = {
      {{1280, 720}, {1280, 720}},
      {{1280, 800}, {1280, 800}},
      {{1366, 768}, {1366, 768}},
      {{1440, 900}, {1389, 868}},
      {{1920, 1080}, {1456, 819}},
      {{1920, 1200}, {1389, 868}},
      {{2560, 1440}, {1456, 819}},
      {{3840, 2160}, {1456, 819}},
      {{3440, 1440}, {1568, 656}},
      {{1080, 1920}, {819, 1456}},
      {{1, 1}, {1, 1}},
      {{100'000, 1}, {1568, 1}},
  };
  for (const auto& [screen, picture] : kSizes)
    EXPECT_EQ(CoordinateScale::for_model(screen).picture(), picture)
        << screen.width << "x" << screen.height;
}

TEST(CoordinateScale, MapsEveryPixelOfThePictureOntoTheScreenAndBack) {
  for (const Size screen :
       {Size{1920, 1080}, Size{1366, 768}, Size{3440, 1440}, Size{2001, 1999}}) {
    const auto scale = CoordinateScale::for_model(screen);
    for (int x = 0; x < scale.picture().width; ++x) {
      const auto place = scale.to_screen(Point{x, 0});
      EXPECT_LT(place.x, screen.width);
      EXPECT_EQ(scale.to_picture(place).x, x);
    }
  }
}

TEST(CoordinateScale, MapsRectanglesWhole) {
  const CoordinateScale scale({200, 100}, {50, 25});
  EXPECT_EQ(scale.to_picture(Rect{3, 4, 2, 8}), (Rect{0, 1, 2, 2}));
  EXPECT_EQ(scale.to_screen(Rect{0, 1, 2, 2}), (Rect{0, 4, 8, 8}));
}

TEST(CoordinateScale, LimitsTheLongEdgeOnly) {
  EXPECT_EQ(CoordinateScale::for_long_edge({1920, 1080}, 960).picture(), (Size{960, 540}));
  EXPECT_EQ(CoordinateScale::for_long_edge({800, 600}, 960).picture(), (Size{800, 600}));
}

}  // namespace
}  // namespace oriel::agent

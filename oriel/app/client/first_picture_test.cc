#include "oriel/app/client/first_picture.h"

#include <gtest/gtest.h>

#include "oriel/app/client/changed_rects.h"
#include "oriel/core/image/frame.h"

namespace oriel::client {
namespace {

using image::Rect;

void add(FirstPicture& picture, const Rect& rect) { picture.add({&rect, 1}); }

TEST(FirstPicture, IsCompleteWhenEveryPixelHasCome) {
  FirstPicture picture({100, 3});
  EXPECT_FALSE(picture.is_complete());
  add(picture, {0, 0, 100, 1});
  add(picture, {0, 1, 99, 2});
  add(picture, {0, 0, 99, 3});
  EXPECT_FALSE(picture.is_complete());
  add(picture, {99, 1, 5, 5});  // beyond the desktop
  EXPECT_TRUE(picture.is_complete());
}

TEST(FirstPicture, KnowsOneColour) {
  image::Frame frame({7, 5}, 0x123456);
  EXPECT_TRUE(is_uniform(frame.view()));
  frame.at(6, 4) = 0;
  EXPECT_FALSE(is_uniform(frame.view()));
  frame.at(6, 4) = 0x123456;
  frame.at(1, 0) = 0;
  EXPECT_FALSE(is_uniform(frame.view()));
  EXPECT_TRUE(is_uniform(image::Frame({1, 1}).view()));
  EXPECT_TRUE(is_uniform(image::Frame({1, 9}).view()));
}

std::vector<Rect> changed(screen::Screen& screen, const image::Frame& frame) {
  const screen::Patch patch{Rect::of(frame.size()), frame.view()};
  const auto result = screen.commit({&patch, 1});
  return changed_rects(screen, result.bounds);
}

TEST(ChangedRects, JoinsCellsToTheRectangleThatTheyAre) {
  screen::Screen screen({300, 200});
  image::Frame frame({300, 200});
  for (int y = 10; y < 150; ++y)
    for (int x = 20; x < 250; ++x) frame.at(x, y) = 0xff;
  EXPECT_EQ(changed(screen, frame), (std::vector<Rect>{{20, 10, 230, 140}}));
  frame.at(0, 0) = 1;
  frame.at(299, 199) = 1;
  EXPECT_EQ(changed(screen, frame), (std::vector<Rect>{{0, 0, 1, 1}, {299, 199, 1, 1}}));
  EXPECT_TRUE(changed(screen, frame).size() <= 2) << "of the last generation";
}

TEST(ChangedRects, LeavesOutWhatOnlyLiesBetween) {
  screen::Screen screen({640, 640});
  image::Frame frame({640, 640});
  for (int i = 0; i < 640; i += 64) frame.at(i, i) = 7;
  const auto rects = changed(screen, frame);
  EXPECT_EQ(rects.size(), 10u);
  for (const auto& rect : rects) EXPECT_EQ(rect.area(), 1);
}

}  // namespace
}  // namespace oriel::client

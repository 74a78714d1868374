#include "oriel/app/client/first_picture.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace oriel::client

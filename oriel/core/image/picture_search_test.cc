#include "oriel/core/image/picture_search.h"

#include <gtest/gtest.h>

#include <random>

namespace oriel::image {
namespace {

// Pages are mostly background with some detail.
Frame page(std::mt19937& random, Size size) {
  Frame frame(size, 0xf0f0f0);
  for (int i = 0; i < size.area() / 40; ++i)
    frame.at(static_cast<int>(random() % size.width), static_cast<int>(random() % size.height)) =
        random() & kColourMask;
  return frame;
}

Frame part(const Frame& frame, const Rect& rect) {
  Frame copy(rect.size());
  for (int y = 0; y < rect.height; ++y)
    for (int x = 0; x < rect.width; ++x) copy.at(x, y) = frame.at(rect.x + x, rect.y + y);
  return copy;
}

RgbaImage rgba(const Frame& frame) {
  RgbaImage image{frame.size(), {}};
  for (int y = 0; y < frame.size().height; ++y)
    for (int x = 0; x < frame.size().width; ++x)
      for (const int shift : {16, 8, 0, -1})
        image.pixels.push_back(shift < 0 ? 255 : frame.at(x, y) >> shift & 0xff);
  return image;
}

// What find_picture must give, the slow way.
std::optional<Point> first_place(const Frame& frame, const Frame& needle) {
  for (int y = 0; y + needle.size().height <= frame.size().height; ++y)
    for (int x = 0; x + needle.size().width <= frame.size().width; ++x)
      if (part(frame, {x, y, needle.size().width, needle.size().height}) == needle)
        return Point{x, y};
  return std::nullopt;
}

TEST(PictureSearch, FindsWhatTheSlowWayFinds) {
  std::mt19937 random(5);
  for (int round = 0; round < 60; ++round) {
    const auto frame = page(random, {90, 70});
    const Rect rect{static_cast<int>(random() % 60), static_cast<int>(random() % 50),
                    1 + static_cast<int>(random() % 30), 1 + static_cast<int>(random() % 20)};
    const auto needle = part(frame, rect);
    const auto found = find_picture(frame.view(), Rect::of(frame.size()), Needle(needle.view()), 0);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->at, first_place(frame, needle));
    EXPECT_EQ(found->difference, 0);
  }
}

TEST(PictureSearch, DoesNotFindWhatDiffersInOnePixelUnlessItIsAllowed) {
  std::mt19937 random(6);
  const auto frame = page(random, {300, 200});
  auto needle = part(frame, {100, 80, 64, 32});
  needle.at(40, 20) ^= 0x000040;
  const auto where = Rect::of(frame.size());
  EXPECT_FALSE(find_picture(frame.view(), where, Needle(needle.view()), 0));
  const auto found = find_picture(frame.view(), where, Needle(needle.view()), 1);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->at, (Point{100, 80}));
  EXPECT_NEAR(found->difference, 64 / 3.0 / 64, 1e-9);
  EXPECT_EQ(nearest_picture(frame.view(), where, Needle(needle.view())), found);
}

// One wrong letter in a large button is not the button.
TEST(PictureSearch, DoesNotHideADifferenceInMuchBackground) {
  Frame frame({200, 100}, 0xffffff);
  Frame needle({100, 60}, 0xffffff);
  for (int y = 24; y < 32; ++y)
    for (int x = 24; x < 32; ++x) needle.at(x, y) = 0;
  EXPECT_FALSE(find_picture(frame.view(), Rect::of(frame.size()), Needle(needle.view()), 100));
}

TEST(PictureSearch, LooksOnlyWhereItIsTold) {
  std::mt19937 random(7);
  const auto frame = page(random, {200, 100});
  const Rect rect{50, 40, 20, 20};
  const Needle needle(part(frame, rect).view());
  EXPECT_TRUE(find_picture(frame.view(), rect, needle, 0));
  EXPECT_FALSE(find_picture(frame.view(), {51, 40, 149, 60}, needle, 0));
  EXPECT_FALSE(find_picture(frame.view(), {50, 40, 19, 60}, needle, 0));
  EXPECT_FALSE(nearest_picture(frame.view(), {50, 40, 19, 60}, needle));
}

TEST(PictureSearch, TakesAnythingForTransparentPixels) {
  std::mt19937 random(8);
  const auto frame = page(random, {200, 100});
  auto picture = rgba(part(frame, {50, 40, 20, 20}));
  EXPECT_EQ(find_picture(frame.view(), Rect::of(frame.size()), Needle(picture), 0)->at,
            (Point{50, 40}));
  for (std::size_t i = 0; i < 4; ++i) picture.pixels[4 * (5 * 20 + 7) + i] = i < 3 ? 1 : 0;
  EXPECT_EQ(find_picture(frame.view(), Rect::of(frame.size()), Needle(picture), 0)->at,
            (Point{50, 40}));
}

TEST(PictureSearch, FindsAPictureOfOneColour) {
  Frame frame({100, 100}, 0x101010);
  frame.at(60, 70) = 0x202020;
  const Frame needle({1, 1}, 0x202020);
  EXPECT_EQ(find_picture(frame.view(), Rect::of(frame.size()), Needle(needle.view()), 0)->at,
            (Point{60, 70}));
}

}  // namespace
}  // namespace oriel::image

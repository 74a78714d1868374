#include "oriel/app/agent/text_picture.h"

#include <gtest/gtest.h>

#include <string>

#include "oriel/core/image/frame.h"

namespace oriel::agent {
namespace {

// The pixels behind the head of a PGM of that size.
Bytes pixels_of(const Bytes& file, int width, int height) {
  const auto head = "P5\n" + std::to_string(width) + " " + std::to_string(height) + "\n255\n";
  EXPECT_EQ(std::string(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(head.size())),
            head);
  Bytes pixels(file.begin() + static_cast<std::ptrdiff_t>(head.size()), file.end());
  EXPECT_EQ(pixels.size(), static_cast<std::size_t>(width) * height);
  return pixels;
}

// What the picture of one pixel of that colour between a black and a white one has of it.
int grey_of(std::uint32_t colour) {
  image::Frame frame({3, 1});
  frame.at(1, 0) = colour;
  frame.at(2, 0) = 0xffffff;
  return pixels_of(text_picture(frame.view(), 1), 3, 1)[1];
}

TEST(TextPicture, IsGreyAndAsBrightAsTheEyeSeesIt) {
  EXPECT_EQ(grey_of(0xffffff), 255);
  EXPECT_EQ(grey_of(0), 0);
  EXPECT_EQ(grey_of(0x808080), 128);
  EXPECT_GT(grey_of(0x00ff00), grey_of(0xff0000));
  EXPECT_GT(grey_of(0xff0000), grey_of(0x0000ff));
}

TEST(TextPicture, HasAllContrastThereIs) {
  image::Frame frame({3, 1}, 0x606060);
  frame.at(1, 0) = 0x707070;
  frame.at(2, 0) = 0x808080;
  EXPECT_EQ(pixels_of(text_picture(frame.view(), 1), 3, 1), (Bytes{0, 128, 255}));
}

TEST(TextPicture, KeepsFlatColoursAtEveryScale) {
  for (const auto colour : {0u, 0x010101u, 0x777777u, 0xffffffu})
    for (const int scale : {1, 2, 3})
      for (const image::Size size : {image::Size{1, 1}, image::Size{2, 9}, image::Size{40, 3}})
        for (const auto pixel : pixels_of(text_picture(image::Frame(size, colour).view(), scale),
                                          size.width * scale, size.height * scale))
          ASSERT_EQ(pixel, colour & 0xff);
}

TEST(TextPicture, OfTheSameSizeIsThePicture) {
  image::Frame frame({9, 5});
  for (int i = 0; i < 45; ++i)
    frame.at(i % 9, i / 9) = static_cast<std::uint32_t>(i * 5) * 0x010101;
  frame.at(8, 4) = 0xffffff;
  const auto pixels = pixels_of(text_picture(frame.view(), 1), 9, 5);
  for (int i = 0; i < 44; ++i) EXPECT_EQ(pixels[i], i * 5);
}

// A line of one pixel becomes one of three, brightest in its middle, in its place.
TEST(TextPicture, EnlargesInPlace) {
  image::Frame frame({9, 9});
  for (int y = 0; y < 9; ++y) frame.at(4, y) = 0xffffff;
  const auto pixels = pixels_of(text_picture(frame.view(), 3), 27, 27);
  for (int y = 0; y < 27; ++y) {
    const auto* row = pixels.data() + 27 * y;
    EXPECT_EQ(row[13], 255);
    EXPECT_EQ(row[12], row[14]);
    EXPECT_GT(row[12], 128);
    EXPECT_LT(row[11], 100);
    EXPECT_EQ(row[0], 0);
    EXPECT_EQ(row[26], 0);
  }
}

TEST(TextPicture, IsAsLargeAsCanBeReadInTime) {
  EXPECT_EQ(text_scale({200, 100}), 3);
  EXPECT_EQ(text_scale({1920, 1080}), 3);
  EXPECT_EQ(text_scale({2560, 1440}), 2);
  EXPECT_EQ(text_scale({7680, 4320}), 1);
}

}  // namespace
}  // namespace oriel::agent

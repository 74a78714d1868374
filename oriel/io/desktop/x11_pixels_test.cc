#include "oriel/io/desktop/x11_pixels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace oriel::desktop {
namespace {

using image::Size;
using ::testing::HasSubstr;

// One pixel of a layout, its bytes as the server sends them, and what they mean.
struct Sample {
  std::string name;
  X11PixelLayout layout;
  Bytes white, red, green, blue;  // one pixel each
};

const Sample kSamples[] = {
    {"Depth15", {16, 32, false, 0x7c00, 0x3e0, 0x1f}, {0xff, 0x7f}, {0, 0x7c}, {0xe0, 3}, {31, 0}},
    {"Depth16", {16, 32, false, 0xf800, 0x7e0, 0x1f}, {0xff, 0xff}, {0, 0xf8}, {0xe0, 7}, {31, 0}},
    {"Depth16BigEndian",
     {16, 32, true, 0xf800, 0x7e0, 0x1f},
     {0xff, 0xff},
     {0xf8, 0},
     {7, 0xe0},
     {0, 31}},
    {"Depth24Packed",
     {24, 32, false, 0xff0000, 0xff00, 0xff},
     {255, 255, 255},
     {0, 0, 255},
     {0, 255, 0},
     {255, 0, 0}},
    {"Depth24PackedBigEndian",
     {24, 32, true, 0xff0000, 0xff00, 0xff},
     {255, 255, 255},
     {255, 0, 0},
     {0, 255, 0},
     {0, 0, 255}},
    {"Depth24",
     {32, 32, false, 0xff0000, 0xff00, 0xff},
     {255, 255, 255, 0},
     {0, 0, 255, 0},
     {0, 255, 0, 0},
     {255, 0, 0, 0}},
    {"Depth24BigEndian",
     {32, 32, true, 0xff0000, 0xff00, 0xff},
     {0, 255, 255, 255},
     {0, 255, 0, 0},
     {0, 0, 255, 0},
     {0, 0, 0, 255}},
    {"Depth24RedFirst",
     {32, 32, false, 0xff, 0xff00, 0xff0000},
     {255, 255, 255, 0},
     {255, 0, 0, 0},
     {0, 255, 0, 0},
     {0, 0, 255, 0}},
    {"Depth30",
     {32, 32, false, 0x3ff00000, 0xffc00, 0x3ff},
     {0xff, 0xff, 0xff, 0x3f},
     {0, 0, 0xf0, 0x3f},
     {0, 0xfc, 0x0f, 0},
     {0xff, 3, 0, 0}},
};

class X11Pixels : public ::testing::TestWithParam<Sample> {};
INSTANTIATE_TEST_SUITE_P(Layouts, X11Pixels, ::testing::ValuesIn(kSamples),
                         [](const auto& parameter) { return parameter.param.name; });

TEST_P(X11Pixels, ConvertsFullColoursToFullColoursAndSkipsThePadding) {
  const auto& sample = GetParam();
  const auto converter = X11PixelConverter::make(sample.layout);
  ASSERT_TRUE(converter) << converter.error().message;
  // Five pixels: with 16 and 24 bits the rows end in padding.
  const Size size{5, 2};
  Bytes row;
  for (const auto* pixel :
       {&sample.white, &sample.red, &sample.green, &sample.blue, &sample.white}) {
    row.insert(row.end(), pixel->begin(), pixel->end());
  }
  row.resize(sample.layout.stride(size.width), 0xaa);
  Bytes rows = row;
  rows.insert(rows.end(), row.begin(), row.end());
  const Bytes expected_row{255, 255, 255, 0, 0, 0, 255, 0,   0,   255,
                           0,   0,   255, 0, 0, 0, 255, 255, 255, 0};
  Bytes expected = expected_row;
  expected.insert(expected.end(), expected_row.begin(), expected_row.end());
  EXPECT_EQ(converter->to_bgrx(rows, size), expected);
}

TEST(X11PixelLayout, PadsRowsToTheServersUnit) {
  EXPECT_EQ((X11PixelLayout{.bits_per_pixel = 16}.stride(3)), 8u);
  EXPECT_EQ((X11PixelLayout{.bits_per_pixel = 24}.stride(3)), 12u);
  EXPECT_EQ((X11PixelLayout{.bits_per_pixel = 24, .scanline_pad = 8}.stride(3)), 9u);
  EXPECT_EQ((X11PixelLayout{.bits_per_pixel = 32}.stride(3)), 12u);
}

TEST(X11PixelConverter, RoundsEachChannelToTheNearestOf256) {
  const auto converter = X11PixelConverter::make({16, 32, false, 0xf800, 0x7e0, 0x1f}).value();
  // Blue 16 of 31 is 131.6, green 32 of 63 is 129.5, red 1 of 31 is 8.2.
  const std::uint16_t pixel = 1 << 11 | 32 << 5 | 16;
  const Bytes in{pixel & 0xff, pixel >> 8, 0, 0};
  EXPECT_EQ(converter.to_bgrx(in, {1, 1}), (Bytes{132, 130, 8, 0}));
}

TEST(X11PixelConverter, KeepsEightBitsOfTen) {
  const auto converter =
      X11PixelConverter::make({32, 32, false, 0x3ff00000, 0xffc00, 0x3ff}).value();
  for (std::uint32_t value = 0; value < 256; ++value) {
    const std::uint32_t ten = value << 2 | value >> 6;  // as a program widens eight bits
    const Bytes in{static_cast<std::uint8_t>(ten), static_cast<std::uint8_t>(ten >> 8), 0, 0};
    EXPECT_EQ(converter.to_bgrx(in, {1, 1})[0], value);
  }
}

TEST(X11PixelConverter, RefusesMasksWithHolesAndWithoutBits) {
  const auto holes = X11PixelConverter::make({32, 32, false, 0xf0f000, 0xff00, 0xff});
  ASSERT_FALSE(holes);
  EXPECT_THAT(holes.error().message, HasSubstr("0xf0f000"));
  EXPECT_FALSE(X11PixelConverter::make({32, 32, false, 0, 0xff00, 0xff}));
  EXPECT_FALSE(X11PixelConverter::make({32, 32, false, 0xffffffff, 0xff00, 0xff}));
}

TEST(X11PixelConverter, RefusesPixelsOfEightBits) {
  EXPECT_FALSE(X11PixelConverter::make({8, 32, false, 0xe0, 0x1c, 3}));
}

}  // namespace
}  // namespace oriel::desktop

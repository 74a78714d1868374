#include "oriel/core/image/pixel_format.h"

#include <gmock/gmock.h>

namespace oriel::image {
namespace {

using ::testing::HasSubstr;

// The error code of `check_pixel_format`, which is expected to refuse.
ErrorCode refusal(const PixelFormat& format) {
  auto status = check_pixel_format(format);
  EXPECT_FALSE(status.has_value()) << describe(format);
  if (status) return ErrorCode::kClosed;
  EXPECT_THAT(status.error().message, HasSubstr("pixel format: "));
  return status.error().code;
}

TEST(PixelFormat, SixteenBytesOnTheWireReadBackTheSame) {
  PixelFormat format{32, 30, true, true, 1023, 511, 255, 20, 10, 0};
  Bytes bytes;
  ByteWriter writer(bytes);
  write_pixel_format(format, writer);
  EXPECT_EQ(bytes, (Bytes{32, 30, 1, 1, 3, 255, 1, 255, 0, 255, 20, 10, 0, 0, 0, 0}));
  ByteReader reader(bytes);
  EXPECT_EQ(parse_pixel_format(reader), format);
  EXPECT_EQ(reader.remaining(), 0u);
}

TEST(PixelFormat, AnyNonZeroFlagIsTrue) {
  const Bytes bytes{32, 24, 7, 255, 0, 255, 0, 255, 0, 255, 16, 8, 0, 9, 9, 9};
  ByteReader reader(bytes);
  const auto format = parse_pixel_format(reader);
  EXPECT_TRUE(format.is_big_endian);
  EXPECT_TRUE(format.is_true_colour);
}

TEST(PixelFormat, AcceptsThirtyTwoBitTrueColourOfAnyLayout) {
  for (const PixelFormat& format : {kBgrx, PixelFormat{32, 24, true, true, 255, 255, 255, 0, 8, 16},
                                    PixelFormat{32, 32, false, true, 255, 255, 255, 8, 16, 24},
                                    PixelFormat{32, 30, false, true, 1023, 1023, 1023, 20, 10, 0},
                                    PixelFormat{32, 32, false, true, 65535, 255, 255, 16, 8, 0},
                                    PixelFormat{32, 3, false, true, 1, 1, 1, 31, 30, 29}})
    EXPECT_TRUE(check_pixel_format(format).has_value()) << describe(format);
}

TEST(PixelFormat, AcceptsSmallPixelsAndColourMaps) {
  for (const PixelFormat& format : {PixelFormat{8, 8, false, true, 7, 7, 3, 0, 3, 6},
                                    PixelFormat{8, 6, true, true, 3, 3, 3, 4, 2, 0},
                                    PixelFormat{8, 3, false, true, 1, 1, 1, 7, 3, 0},
                                    PixelFormat{16, 16, false, true, 31, 63, 31, 11, 5, 0},
                                    PixelFormat{16, 15, true, true, 31, 31, 31, 10, 5, 0},
                                    PixelFormat{8, 8, false, false, 0, 0, 0, 0, 0, 0},
                                    PixelFormat{8, 8, true, false, 12, 255, 255, 99, 99, 99},
                                    PixelFormat{16, 12, false, false, 0, 0, 0, 0, 0, 0}})
    EXPECT_TRUE(check_pixel_format(format).has_value()) << describe(format);
}

TEST(PixelFormat, RefusesMapsOfLessColoursThanOurs) {
  EXPECT_EQ(refusal({8, 7, false, false, 0, 0, 0, 0, 0, 0}), ErrorCode::kUnsupported);
  EXPECT_EQ(refusal({8, 9, false, false, 0, 0, 0, 0, 0, 0}), ErrorCode::kInvalid);
}

TEST(PixelFormat, RefusesChannelsBeyondTheBitsOfThePixel) {
  EXPECT_EQ(refusal({8, 8, false, true, 7, 7, 3, 0, 3, 7}), ErrorCode::kInvalid);
  EXPECT_EQ(refusal({16, 16, false, true, 31, 63, 31, 12, 5, 0}), ErrorCode::kInvalid);
  EXPECT_EQ(refusal({8, 8, false, true, 255, 255, 255, 16, 8, 0}), ErrorCode::kInvalid);
}

TEST(PixelFormat, RefusesBitsAndDepthThatCannotBe) {
  for (int bits : {0, 1, 24, 31, 33, 64, 255})
    EXPECT_EQ(refusal({.bits_per_pixel = static_cast<std::uint8_t>(bits)}), ErrorCode::kInvalid);
  EXPECT_EQ(refusal({.depth = 0}), ErrorCode::kInvalid);
  EXPECT_TRUE(check_pixel_format({.depth = 1}).has_value());
  EXPECT_TRUE(check_pixel_format({.depth = 32}).has_value());
  EXPECT_EQ(refusal({.depth = 33}), ErrorCode::kInvalid);
}

TEST(PixelFormat, RefusesMaximaThatAreNotAllOnes) {
  for (int max : {0, 2, 254, 256, 65534}) {
    EXPECT_EQ(refusal({.red_max = static_cast<std::uint16_t>(max)}), ErrorCode::kInvalid);
    EXPECT_EQ(refusal({.green_max = static_cast<std::uint16_t>(max)}), ErrorCode::kInvalid);
    EXPECT_EQ(refusal({.blue_max = static_cast<std::uint16_t>(max)}), ErrorCode::kInvalid);
  }
}

TEST(PixelFormat, RefusesChannelsBeyondBit32) {
  EXPECT_TRUE(check_pixel_format({.red_shift = 24}).has_value());
  EXPECT_EQ(refusal({.red_shift = 25}), ErrorCode::kInvalid);
  EXPECT_EQ(refusal({.green_shift = 32}), ErrorCode::kInvalid);
  EXPECT_EQ(refusal({.blue_shift = 255}), ErrorCode::kInvalid);
}

TEST(PixelFormat, RefusesChannelsThatOverlap) {
  EXPECT_EQ(refusal({.red_shift = 15}), ErrorCode::kInvalid);
  EXPECT_EQ(refusal({.red_shift = 0}), ErrorCode::kInvalid);
  EXPECT_EQ(refusal({.blue_shift = 1}), ErrorCode::kInvalid);
}

TEST(PixelFormat, IsDescribedInOneLine) {
  EXPECT_EQ(describe(kBgrx), "32 bpp, depth 24, little endian, rgb 255/255/255 << 16/8/0");
  EXPECT_EQ(describe({8, 8, true, false}), "8 bpp, depth 8, big endian, colour map");
}

}  // namespace
}  // namespace oriel::image

#include "oriel/core/image/pixel_convert.h"

#include <cstring>
#include <vector>

#include <gtest/gtest.h>

namespace oriel::image {
namespace {

constexpr PixelFormat kRgbx{32, 24, false, true, 255, 255, 255, 0, 8, 16};
constexpr PixelFormat kBigEndianXrgb{32, 24, true, true, 255, 255, 255, 16, 8, 0};
constexpr PixelFormat kTenBits{32, 30, false, true, 1023, 1023, 1023, 20, 10, 0};
constexpr PixelFormat kSixteenBitRed{32, 32, true, true, 65535, 255, 255, 16, 8, 0};

TEST(PixelConverter, OurOwnFormatIsTheIdentity) {
  const PixelConverter converter(kBgrx);
  EXPECT_TRUE(converter.is_identity());
  EXPECT_EQ(converter.from_bgrx(0x112233), 0x112233u);
  EXPECT_EQ(converter.to_bgrx(0xee112233), 0x112233u);
}

TEST(PixelConverter, TheSameBytesInBigEndianAreTheIdentityToo) {
  EXPECT_TRUE(PixelConverter({32, 24, true, true, 255, 255, 255, 8, 16, 24}).is_identity());
  EXPECT_FALSE(PixelConverter(kBigEndianXrgb).is_identity());
  EXPECT_FALSE(PixelConverter(kRgbx).is_identity());
}

TEST(PixelConverter, PutsChannelsAndBytesWhereTheFormatWantsThem) {
  EXPECT_EQ(PixelConverter(kRgbx).from_bgrx(0x112233), 0x332211u);
  // Big endian 00 11 22 33 on the wire.
  EXPECT_EQ(PixelConverter(kBigEndianXrgb).from_bgrx(0x112233), 0x33221100u);
}

TEST(PixelConverter, ScalesToTheFormatsMaximaRoundedToTheNearest) {
  const PixelConverter ten_bits(kTenBits);
  EXPECT_EQ(ten_bits.from_bgrx(0xffffff), 0x3fffffffu);
  EXPECT_EQ(ten_bits.from_bgrx(0x000001), 4u);    // 4.01
  EXPECT_EQ(ten_bits.from_bgrx(0x000080), 514u);  // 513.5
  const PixelConverter one_bit({32, 3, false, true, 1, 1, 1, 2, 1, 0});
  EXPECT_EQ(one_bit.from_bgrx(0x7f8000), 0b010u);
  EXPECT_EQ(one_bit.to_bgrx(0b101), 0xff00ffu);
}

TEST(PixelConverter, EveryChannelValueSurvivesFormatsOfAtLeastEightBits) {
  for (const auto& format : {kBgrx, kRgbx, kBigEndianXrgb, kTenBits, kSixteenBitRed}) {
    const PixelConverter converter(format);
    for (std::uint32_t value = 0; value < 256; ++value)
      for (int shift : {0, 8, 16})
        ASSERT_EQ(converter.to_bgrx(converter.from_bgrx(value << shift)), value << shift)
            << describe(format);
  }
}

TEST(PixelConverter, ConvertsUnalignedRowsAndMasksThePadByte) {
  const std::vector<std::uint8_t> bytes{0, 0x33, 0x22, 0x11, 0xee, 0x66, 0x55, 0x44, 0xdd};
  std::uint8_t out[9] = {};
  PixelConverter(kBgrx).convert_row(bytes.data() + 1, out + 1, 2);
  const std::uint8_t same[9] = {0, 0x33, 0x22, 0x11, 0, 0x66, 0x55, 0x44, 0};
  EXPECT_EQ(std::memcmp(out, same, 9), 0);
  PixelConverter(kBigEndianXrgb).convert_row(bytes.data() + 1, out + 1, 2);
  const std::uint8_t swapped[9] = {0, 0, 0x11, 0x22, 0x33, 0, 0x44, 0x55, 0x66};
  EXPECT_EQ(std::memcmp(out, swapped, 9), 0);
}

}  // namespace
}  // namespace oriel::image

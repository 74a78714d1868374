#include "oriel/core/image/pixel_convert.h"

#include <cstring>
#include <random>
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

TEST(PixelConverter, WritesPixelsOfOneAndTwoBytesInTheirOrder) {
  const std::vector<std::uint8_t> bytes{0, 0x00, 0x80, 0xff, 0x99, 0xff, 0x00, 0x00, 0x99};
  const auto converted = [&](const PixelFormat& format) {
    std::vector<std::uint8_t> out(2 * format.bytes_per_pixel() + 1, 0xee);
    PixelConverter(format).convert_row(bytes.data() + 1, out.data(), 2);
    EXPECT_EQ(out.back(), 0xee) << "nothing is written behind the row";
    out.pop_back();
    return out;
  };
  using Wire = std::vector<std::uint8_t>;
  EXPECT_EQ(converted({16, 16, false, true, 31, 63, 31, 11, 5, 0}), (Wire{0x00, 0xfc, 0x1f, 0x00}));
  EXPECT_EQ(converted({16, 16, true, true, 31, 63, 31, 11, 5, 0}), (Wire{0xfc, 0x00, 0x00, 0x1f}));
  EXPECT_EQ(converted({8, 8, false, true, 7, 7, 3, 0, 3, 6}), (Wire{0x27, 0xc0}));
  EXPECT_EQ(converted({8, 8, true, true, 7, 7, 3, 0, 3, 6}), (Wire{0x27, 0xc0}));
  EXPECT_EQ(converted({8, 8, false, false, 0, 0, 0, 0, 0, 0}), (Wire{198, 5}));
  EXPECT_EQ(converted({16, 8, true, false, 0, 0, 0, 0, 0, 0}), (Wire{0, 198, 0, 5}));
}

TEST(PixelConverter, RowsRestoreToWhatSinglePixelsDo) {
  std::mt19937 random(1);
  for (const auto& format : {kBgrx, kRgbx, kBigEndianXrgb, kTenBits,
                             PixelFormat{16, 16, true, true, 31, 63, 31, 11, 5, 0},
                             PixelFormat{8, 8, false, true, 7, 7, 3, 5, 2, 0},
                             PixelFormat{8, 8, false, false, 0, 0, 0, 0, 0, 0}}) {
    const PixelConverter converter(format);
    std::vector<std::uint8_t> bgrx(4 * 50), wire(50 * format.bytes_per_pixel());
    for (auto& byte : bgrx) byte = static_cast<std::uint8_t>(random());
    converter.convert_row(bgrx.data(), wire.data(), 50);
    std::vector<std::uint32_t> words(50), restored(50);
    converter.convert_words(bgrx.data(), words.data(), 50);
    converter.restore_row(wire.data(), restored.data(), 50);
    for (int x = 0; x < 50; ++x) {
      std::uint32_t pixel;
      std::memcpy(&pixel, bgrx.data() + 4 * x, 4);
      ASSERT_EQ(words[x], converter.from_bgrx(pixel)) << describe(format);
      ASSERT_EQ(
          load_wire_word(wire.data() + x * format.bytes_per_pixel(), format.bytes_per_pixel()),
          words[x]);
      ASSERT_EQ(restored[x], converter.to_bgrx(words[x]));
      ASSERT_EQ(converter.from_bgrx(restored[x]), words[x]) << "seen again, a colour stays";
    }
  }
}

}  // namespace
}  // namespace oriel::image

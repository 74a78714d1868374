#include "oriel/core/image/png.h"

#include <gtest/gtest.h>

#include <random>

namespace oriel::image {
namespace {

RgbaImage noise(Size size, bool is_opaque) {
  RgbaImage image{size, Bytes(static_cast<std::size_t>(size.area()) * 4)};
  std::mt19937 random(7);
  for (auto& byte : image.pixels) byte = static_cast<std::uint8_t>(random());
  if (is_opaque)
    for (std::size_t i = 3; i < image.pixels.size(); i += 4) image.pixels[i] = 0xff;
  return image;
}

constexpr std::size_t kColourType = 25;  // its place in the file

// One grey pixel of 1 bit, white.
const Bytes kOneBit{0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d,
                    0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01,
                    0x01, 0x00, 0x00, 0x00, 0x00, 0x37, 0x6e, 0xf9, 0x24, 0x00, 0x00, 0x00,
                    0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x68, 0x00, 0x00, 0x00,
                    0x82, 0x00, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0x00, 0x00, 0x00, 0x00, 0x49,
                    0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

TEST(Png, GivesBackWhatWasWritten) {
  for (const Size size : {Size{1, 1}, Size{3, 7}, Size{200, 100}}) {
    for (const bool is_opaque : {true, false}) {
      const auto image = noise(size, is_opaque);
      const auto file = write_png(image);
      EXPECT_EQ(file[kColourType], is_opaque ? 2 : 6);
      EXPECT_EQ(parse_png(file), image);
    }
  }
}

TEST(Png, ReadsOtherDepthsAsEightBits) {
  const auto image = parse_png(kOneBit);
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(*image, (RgbaImage{{1, 1}, {0xff, 0xff, 0xff, 0xff}}));
}

TEST(Png, RefusesTooManyPixelsBeforeItTakesMemory) {
  const auto file = write_png(noise({30, 20}, true));
  EXPECT_TRUE(parse_png(file, 600));
  const auto refused = parse_png(file, 599);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(),
            (Error{ErrorCode::kTooLarge, "PNG: 30x20 pixels, at most 599 in all"}));
  // A head that promises the largest picture there is.
  Bytes bomb(file.begin(), file.end());
  for (std::size_t i = 16; i < 24; ++i) bomb[i] = i % 4 == 0 ? 0x7f : 0xff;
  EXPECT_FALSE(parse_png(bomb));
}

TEST(Png, RefusesEveryTruncation) {
  const auto file = write_png(noise({9, 5}, false));
  // The end chunk (12 bytes) says nothing that the picture needs.
  for (std::size_t size = 0; size + 16 < file.size(); ++size) {
    const Bytes part(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(parse_png(part)) << size;
  }
}

}  // namespace
}  // namespace oriel::image

#include "oriel/core/clipboard/dib.h"

#include <gtest/gtest.h>

#include <random>

#include "oriel/core/image/png.h"

namespace oriel::clipboard {
namespace {

using image::RgbaImage;

void put(Bytes& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

struct Head {
  int width = 2, height = 2;
  std::uint32_t bits = 32;
  std::uint32_t compression = 0;
  std::uint32_t palette = 0;
  std::uint32_t size = 40;
};

// A bitmap: its head, what stands behind its first 40 bytes, and its rows.
Bytes dib(const Head& head, const Bytes& middle, const Bytes& rows) {
  Bytes out;
  put(out, head.size, 4);
  put(out, static_cast<std::uint32_t>(head.width), 4);
  put(out, static_cast<std::uint32_t>(head.height), 4);
  put(out, 1, 2);
  put(out, head.bits, 2);
  put(out, head.compression, 4);
  put(out, static_cast<std::uint32_t>(rows.size()), 4);
  put(out, 0, 4);
  put(out, 0, 4);
  put(out, head.palette, 4);
  put(out, 0, 4);
  out.insert(out.end(), middle.begin(), middle.end());
  out.insert(out.end(), rows.begin(), rows.end());
  return out;
}

Bytes masks(std::initializer_list<std::uint32_t> values) {
  Bytes out;
  for (const auto value : values) put(out, value, 4);
  return out;
}

// Red, green; blue, white.
const Bytes kPicture{255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255};
const Bytes kBottomUp32{255, 0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 0, 0, 255, 0, 0};
const Bytes kTopDown32{0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0};

struct Row {
  const char* name;
  Bytes bytes;
};

class DibKinds : public ::testing::TestWithParam<Row> {};

TEST_P(DibKinds, AreReadAsTheSamePicture) {
  const auto image = parse_dib(GetParam().bytes);
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(*image, (RgbaImage{{2, 2}, kPicture}));
}

const Bytes kPalette{0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0};

INSTANTIATE_TEST_SUITE_P(
    All, DibKinds,
    ::testing::Values(
        Row{"BottomUp32", dib({}, {}, kBottomUp32)},
        Row{"TopDown32", dib({.height = -2}, {}, kTopDown32)},
        Row{"BottomUp24",
            dib({.bits = 24}, {}, {255, 0, 0, 255, 255, 255, 0, 0, 0, 0, 255, 0, 255, 0, 0, 0})},
        Row{"Rgb555", dib({.bits = 16}, {}, {0x1f, 0, 0xff, 0x7f, 0, 0x7c, 0xe0, 0x03})},
        Row{"Rgb565", dib({.bits = 16, .compression = 3}, masks({0xf800, 0x07e0, 0x001f}),
                          {0x1f, 0, 0xff, 0xff, 0, 0xf8, 0xe0, 0x07})},
        Row{"Bitfields32", dib({.compression = 3}, masks({0xff, 0xff00, 0xff0000}),
                               {0, 0, 255, 0, 255, 255, 255, 0, 255, 0, 0, 0, 0, 255, 0, 0})},
        Row{"AlphaBitfields",
            dib({.compression = 6}, masks({0xff0000, 0xff00, 0xff, 0xff000000u}),
                {255, 0, 0, 255, 255, 255, 255, 255, 0, 0, 255, 255, 0, 255, 0, 255})},
        Row{"Palette8", dib({.bits = 8, .palette = 4}, kPalette, {2, 3, 0, 0, 0, 1, 0, 0})},
        Row{"Palette4", dib({.bits = 4, .palette = 4}, kPalette, {0x23, 0, 0, 0, 0x01, 0, 0, 0})},
        Row{"PaletteHint32", dib({.palette = 4}, kPalette, kBottomUp32)}),
    [](const auto& kind) { return std::string(kind.param.name); });

TEST(Dib, ReadsOneBitFromTheHighestOn) {
  Bytes palette{0, 0, 0, 0, 255, 255, 255, 0};
  const auto image = parse_dib(
      dib({.width = 9, .height = 1, .bits = 1}, palette, {0b1000'0001, 0b1000'0000, 0, 0}));
  ASSERT_TRUE(image);
  for (std::size_t x = 0; x < 9; ++x)
    EXPECT_EQ(image->pixels[x * 4], x == 0 || x >= 7 ? 255 : 0) << x;
}

TEST(Dib, ShowsIndexesBeyondThePaletteAsBlack) {
  const auto image = parse_dib(
      dib({.width = 1, .height = 1, .bits = 8, .palette = 1}, {9, 9, 9, 0}, {200, 0, 0, 0}));
  EXPECT_EQ(image->pixels, (Bytes{0, 0, 0, 255}));
}

TEST(Dib, WritesAVersionFiveHeaderToTheByte) {
  const auto bytes = write_dib({{1, 2}, {1, 2, 3, 4, 5, 6, 7, 8}});
  Bytes middle = masks({0xff0000, 0xff00, 0xff, 0xff000000u, 0x73524742});
  middle.insert(middle.end(), 48, 0);
  put(middle, 4, 4);
  middle.insert(middle.end(), 12, 0);
  EXPECT_EQ(bytes, dib({.width = 1, .height = 2, .compression = 3, .size = 124}, middle,
                       {7, 6, 5, 8, 3, 2, 1, 4}));
}

TEST(Dib, GivesBackWhatWasWrittenAlsoByWayOfPng) {
  RgbaImage image{{13, 7}, Bytes(13 * 7 * 4)};
  std::mt19937 random(3);
  for (auto& byte : image.pixels) byte = static_cast<std::uint8_t>(random());
  const auto bytes = write_dib(image);
  EXPECT_EQ(parse_dib(bytes), image);
  const auto png = dib_to_png(bytes);
  ASSERT_TRUE(png);
  EXPECT_EQ(image::parse_png(*png), image);
  EXPECT_EQ(png_to_dib(*png), bytes);
}

TEST(Dib, RefusesEveryTruncation) {
  for (const Row& row :
       {Row{"", dib({}, {}, kBottomUp32)},
        Row{"", dib({.bits = 8, .palette = 4}, kPalette, {2, 3, 0, 0, 0, 1, 0, 0})},
        Row{"", write_dib({{2, 2}, kPicture})}}) {
    for (std::size_t size = 0; size < row.bytes.size(); ++size) {
      const Bytes part(row.bytes.begin(), row.bytes.begin() + static_cast<std::ptrdiff_t>(size));
      const auto refused = parse_dib(part);
      ASSERT_FALSE(refused) << size;
      EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
    }
  }
}

TEST(Dib, RefusesWhatItCannotReadWithASentence) {
  const auto error = [](const Bytes& bytes) { return parse_dib(bytes, 10'000).error().message; };
  EXPECT_EQ(error(dib({.width = 30'000, .height = -30'000}, {}, {})),
            "DIB: 30000x30000 pixels, at most 10000 in all");
  EXPECT_EQ(error(dib({.width = -1}, {}, {})), "DIB: a picture of -1x2");
  EXPECT_EQ(error(dib({.height = 0}, {}, {})), "DIB: a picture of 2x0");
  EXPECT_EQ(error(dib({.bits = 2}, {}, {})),
            "DIB: 2 bits per pixel, expected 1, 4, 8, 16, 24 or 32");
  EXPECT_EQ(error(dib({.bits = 8, .compression = 1}, {}, {})),
            "DIB: compression 1 of 8 bits per pixel, expected BI_RGB or BI_BITFIELDS");
  EXPECT_EQ(error(dib({.bits = 8, .palette = 257}, {}, {})), "DIB: a palette of 257 colours");
  EXPECT_EQ(error(dib({.size = 41}, {}, {})),
            "DIB: a header of 41 bytes, expected 40, 52, 56, 108 or 124");
}

}  // namespace
}  // namespace oriel::clipboard

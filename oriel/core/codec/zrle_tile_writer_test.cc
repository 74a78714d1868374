#include "oriel/core/codec/zrle_tile_writer.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "oriel/base/bytes.h"
#include "oriel/core/image/frame.h"

namespace oriel::codec {
namespace {

constexpr std::uint32_t kRed = 0x0000ff, kGreen = 0x00ff00, kBlue = 0xff0000;

// The tile of `width` pixels by as many rows as there are, as bytes. Colours are written from the
// least significant byte: kRed is ff 00 00.
Bytes tile_bytes(const std::vector<std::uint32_t>& pixels, int width, int cpixel_bytes = 3) {
  const int height = static_cast<int>(pixels.size()) / width;
  const image::FrameView view{reinterpret_cast<const std::uint8_t*>(pixels.data()), 4 * width,
                              width, height};
  TileScan scan;
  scan.scan(view, image::PixelConverter(image::kBgrx), 0);
  Bytes room(kZrleTileRoomBytes);
  room.resize(write_zrle_tile(scan, width, cpixel_bytes, room.data()) - room.data());
  return room;
}

TEST(ZrleTileWriter, OneColourIsASolidTile) {
  EXPECT_EQ(tile_bytes(std::vector(64 * 64, kGreen), 64), (Bytes{1, 0, 255, 0}));
  EXPECT_EQ(tile_bytes({kGreen}, 1, 4), (Bytes{1, 0, 255, 0, 0}));
}

TEST(ZrleTileWriter, PacksTwoColoursFromTheHighestBitAndPadsRows) {
  const auto r = kRed, g = kGreen;
  EXPECT_EQ(tile_bytes({r, g, g, r, g, r, g, r, g, g,  //
                        g, r, g, r, g, r, r, g, r, g},
                       10),
            (Bytes{2, 255, 0, 0, 0, 255, 0, 0b01101010, 0b11000000, 0b10101001, 0b01000000}));
}

TEST(ZrleTileWriter, PacksThreeColoursIntoTwoBits) {
  const auto r = kRed, g = kGreen, b = kBlue;
  EXPECT_EQ(tile_bytes({r, g, b, r, g, b, r, g, b, r, g, b, b, g, r, b}, 16),
            (Bytes{3, 255, 0, 0, 0, 255, 0, 0, 0, 255,  //
                   0b00011000, 0b01100001, 0b10000110, 0b10010010}));
}

TEST(ZrleTileWriter, PacksFiveColoursIntoFourBits) {
  std::vector<std::uint32_t> pixels;
  for (std::uint32_t i = 0; i < 20; ++i) pixels.push_back(i % 5);
  EXPECT_EQ(tile_bytes(pixels, 10),
            (Bytes{5,    0,    0,    0,    1,    0,    0,    2,    0,    0,   3, 0, 0, 4, 0, 0,  //
                   0x01, 0x23, 0x40, 0x12, 0x34, 0x01, 0x23, 0x40, 0x12, 0x34}));
}

TEST(ZrleTileWriter, WritesLongRunsWithTheirPalette) {
  std::vector<std::uint32_t> pixels(256, kRed);  // length 256: 255, 0
  pixels.insert(pixels.end(), 255, kGreen);      // length 255: 254
  Bytes expected{130, 255, 0, 0, 0, 255, 0, 128, 255, 0, 129, 254};
  for (int i = 0; i < 40; ++i) {
    pixels.insert(pixels.end(), {kRed, kGreen});
    expected.insert(expected.end(), {0, 1});
  }
  pixels.insert(pixels.end(), 2, kRed);
  expected.insert(expected.end(), {128, 1});
  pixels.resize(64 * 64, kGreen);  // 3503 = 1 + 13 * 255 + 187
  expected.push_back(129);
  expected.insert(expected.end(), 13, 255);
  expected.push_back(187);
  EXPECT_EQ(tile_bytes(pixels, 64), expected);
}

TEST(ZrleTileWriter, TakesPlainRunsUnlessPaletteRunsAreMuchShorter) {
  std::vector<std::uint32_t> dots(64 * 64, kRed), bands;
  for (int y = 0; y < 64; y += 2) dots[64 * y] = dots[64 * y + 2] = kGreen;
  for (int i = 0; i < 64 * 64; ++i) bands.push_back(i / 512 % 2 ? kRed : kGreen);
  EXPECT_EQ(tile_bytes(dots, 64)[0], 130) << "2 * 3 + 96 + 32 * 2 bytes against 128 * 4";
  EXPECT_EQ(tile_bytes(bands, 64)[0], 128) << "8 * 6 bytes against 2 * 3 + 8 * 4";
}

TEST(ZrleTileWriter, WritesPlainRunsWhereAPaletteWouldCostMore) {
  std::vector<std::uint32_t> pixels;
  for (std::uint32_t i = 0; i < 128; ++i) pixels.insert(pixels.end(), 32, i);
  const auto bytes = tile_bytes(pixels, 64);
  ASSERT_EQ(bytes.size(), 1 + 128 * 4u);
  EXPECT_EQ(bytes[0], 128);
  EXPECT_EQ(Bytes(bytes.begin() + 5, bytes.begin() + 9), (Bytes{1, 0, 0, 31}));
}

TEST(ZrleTileWriter, WritesNoiseRaw) {
  std::vector<std::uint32_t> pixels;
  for (std::uint32_t i = 0; i < 64 * 63; ++i) pixels.push_back(i * 0x010203 & image::kColourMask);
  EXPECT_EQ(tile_bytes(pixels, 63).size(), 1 + 3u * 64 * 63);
  EXPECT_EQ(tile_bytes(pixels, 63, 4).size(), 1 + 4u * 64 * 63);
  EXPECT_EQ(tile_bytes({0x030201, 0x060504, 0x090807, 0x0c0b0a, 0x0f0e0d}, 5),
            (Bytes{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}));
}

TEST(TileScan, MasksOfChangesAreTheSameWithAndWithoutVectorInstructions) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::uint32_t pixels[65];
    for (auto& pixel : pixels) pixel = (random() % (1 + round % 5)) << (round % 32);
    ASSERT_EQ(change_mask(pixels + 1), change_mask_portable(pixels + 1));
  }
}

TEST(TileScan, KnowsUpTo127Colours) {
  image::Frame frame({64, 64});
  TileScan scan;
  for (int colours : {1, 126, 127, 128}) {
    for (int i = 0; i < 64 * 64; ++i) frame.at(i % 64, i / 64) = i % colours * 0x10001;
    scan.scan(frame.view(), image::PixelConverter(image::kBgrx), 0);
    EXPECT_EQ(scan.palette_size(), colours <= 127 ? colours : 0);
  }
}

}  // namespace
}  // namespace oriel::codec

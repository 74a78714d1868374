#include <gtest/gtest.h>
#include <turbojpeg.h>
#include <webp/decode.h>
#include <zlib.h>

#include <cmath>

#include "oriel/base/byte_reader.h"
#include "oriel/core/codec/jpeg_encoder.h"
#include "oriel/core/codec/png_encoder.h"
#include "oriel/core/codec/webp_encoder.h"
#include "oriel/testing/random_picture.h"

namespace oriel::codec {
namespace {

using testing::kAllPictureKinds;
using testing::make_picture;
using testing::picture_kind_name;

std::uint32_t u32_at(const Bytes& bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}

// Reads exactly the kind of PNG that the encoder writes, with zlib's own inflate, and checks each
// checksum.
image::Frame read_png(const Bytes& file) {
  const Bytes signature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  EXPECT_EQ(Bytes(file.begin(), file.begin() + 8), signature);
  Bytes data;
  image::Size size;
  std::string types;
  for (std::size_t at = 8; at < file.size();) {
    const auto length = u32_at(file, at);
    const std::string type(file.begin() + static_cast<std::ptrdiff_t>(at) + 4,
                           file.begin() + static_cast<std::ptrdiff_t>(at) + 8);
    types += type;
    EXPECT_EQ(u32_at(file, at + 8 + length), crc32(0, file.data() + at + 4, length + 4));
    if (type == "IHDR")
      size = {static_cast<int>(u32_at(file, at + 8)), static_cast<int>(u32_at(file, at + 12))};
    if (type == "IDAT") data.assign(file.data() + at + 8, file.data() + at + 8 + length);
    at += length + 12;
  }
  EXPECT_EQ(types, "IHDRIDATIEND");
  const auto row_bytes = static_cast<std::size_t>(size.width) * 3;
  Bytes rows((row_bytes + 1) * static_cast<std::size_t>(size.height));
  uLongf got = rows.size();
  EXPECT_EQ(uncompress(rows.data(), &got, data.data(), data.size()), Z_OK);
  EXPECT_EQ(got, rows.size());
  image::Frame frame(size);
  for (int y = 0; y < size.height; ++y) {
    auto* row = rows.data() + (row_bytes + 1) * static_cast<std::size_t>(y);
    const int filter = *row++;
    for (std::size_t i = 0; i < row_bytes; ++i) {
      const int left = i < 3 ? 0 : row[i - 3];
      const int above = y == 0 ? 0 : (row - row_bytes - 1)[i];
      row[i] = static_cast<std::uint8_t>(row[i] + (filter == 1 ? left : filter == 2 ? above : 0));
    }
    for (int x = 0; x < size.width; ++x)
      frame.at(x, y) =
          std::uint32_t{row[3 * x]} << 16 | std::uint32_t{row[3 * x + 1]} << 8 | row[3 * x + 2];
  }
  return frame;
}

TEST(PngEncoder, GivesBackEveryKindOfPicture) {
  PngEncoder encoder;
  for (const auto kind : kAllPictureKinds)
    for (const image::Size size :
         {image::Size{1, 1}, {3, 500}, {4096, 1}, {700, 301}, {1024, 513}}) {
      SCOPED_TRACE(picture_kind_name(kind));
      const auto picture = make_picture(kind, size, 7);
      EXPECT_EQ(read_png(encoder.encode(picture.view())), picture);
    }
}

TEST(PngEncoder, GivesTheSamePictureInPartsWhateverIsAboveThem) {
  const auto picture = make_picture(testing::PictureKind::kText, {300, 101}, 7);
  for (const int middle : {1, 50, 100}) {
    const PngBand bands[] = {PngEncoder().encode_rows(picture.view(), 0, middle),
                             PngEncoder().encode_rows(picture.view(), middle, 101)};
    EXPECT_EQ(read_png(join_png(picture.size(), bands)), picture);
    const auto other = make_picture(testing::PictureKind::kNoise, {300, 101}, 8);
    const PngBand mixed[] = {PngEncoder().encode_rows(other.view(), 0, middle), bands[1]};
    const auto whole = read_png(join_png(picture.size(), mixed));
    for (int y = 0; y < 101; ++y)
      for (int x = 0; x < 300; ++x)
        ASSERT_EQ(whole.at(x, y), (y < middle ? other : picture).at(x, y)) << x << ',' << y;
  }
}

TEST(PngEncoder, KeepsTextAndFlatAreasSmall) {
  PngEncoder encoder;
  const auto text = make_picture(testing::PictureKind::kText, {640, 480}, 1);
  EXPECT_LT(encoder.encode(text.view()).size(), 640u * 480 * 3 / 8);
  const auto solid = make_picture(testing::PictureKind::kSolid, {1920, 1080}, 1);
  EXPECT_LT(encoder.encode(solid.view()).size(), 64u * 1024);
}

// The root of the mean square of what the channels differ by.
double error_of(const image::Frame& got, const image::Frame& picture) {
  const auto size = picture.size();
  double error = 0;
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x)
      for (const int shift : {0, 8, 16}) {
        const int difference = static_cast<int>(got.at(x, y) >> shift & 0xff) -
                               static_cast<int>(picture.at(x, y) >> shift & 0xff);
        error += difference * difference;
      }
  return std::sqrt(error / (static_cast<double>(size.area()) * 3));
}

TEST(JpegEncoder, ShowsThePictureNearly) {
  JpegEncoder encoder;
  const auto picture = make_picture(testing::PictureKind::kGradient, {320, 200}, 3);
  for (const int quality : {50, 95}) {
    const auto file = encoder.encode(picture.view(), quality);
    auto* handle = tjInitDecompress();
    image::Frame got({320, 200});
    ASSERT_EQ(tjDecompress2(handle, file.data(), file.size(),
                            reinterpret_cast<unsigned char*>(got.mutable_view().data), 320, 0, 200,
                            TJPF_BGRX, 0),
              0);
    tjDestroy(handle);
    EXPECT_LT(error_of(got, picture), quality > 90 ? 2 : 8) << quality;
  }
}

TEST(JpegEncoder, GivesFilesThatTakeNoMoreMemoryThanTheyHave) {
  JpegEncoder encoder;
  const auto picture = make_picture(testing::PictureKind::kSolid, {1280, 800}, 3);
  const auto file = encoder.encode(picture.view(), 80);
  EXPECT_LT(file.size(), 100'000u);
  EXPECT_LE(file.capacity(), 2 * file.size());
}

image::Frame read_webp(const Bytes& file, image::Size size) {
  image::Frame frame(size);
  const auto view = frame.mutable_view();
  EXPECT_NE(WebPDecodeBGRAInto(file.data(), file.size(), reinterpret_cast<std::uint8_t*>(view.data),
                               static_cast<std::size_t>(size.area()) * 4, 4 * size.width),
            nullptr);
  for (int i = 0; i < size.area(); ++i) view.data[i] &= image::kColourMask;
  return frame;
}

TEST(WebpEncoder, KeepsEveryPixelWithoutLoss) {
  for (const auto kind : kAllPictureKinds)
    for (const image::Size size : {image::Size{1, 1}, {3, 500}, {4096, 1}, {300, 101}}) {
      SCOPED_TRACE(picture_kind_name(kind));
      const auto picture = make_picture(kind, size, 7);
      EXPECT_EQ(read_webp(encode_webp(picture.view(), kWebpLossless), size), picture);
    }
}

TEST(WebpEncoder, EncodesAPartOfAPicture) {
  const auto picture = make_picture(testing::PictureKind::kText, {320, 200}, 3);
  const auto part = picture.view().crop({17, 30, 90, 41});
  const auto read = read_webp(encode_webp(part, kWebpLossless), {90, 41});
  for (int y = 0; y < 41; ++y)
    for (int x = 0; x < 90; ++x) ASSERT_EQ(read.at(x, y), picture.at(x + 17, y + 30));
}

TEST(WebpEncoder, ShowsThePictureNearly) {
  const auto picture = make_picture(testing::PictureKind::kGradient, {320, 200}, 3);
  std::size_t before = 0;
  for (const int quality : {1, 50, 95}) {
    const auto file = encode_webp(picture.view(), quality);
    EXPECT_GT(file.size(), before) << quality;
    before = file.size();
    const double error = error_of(read_webp(file, {320, 200}), picture);
    EXPECT_LT(error, quality == 1 ? 60 : 8) << quality;
  }
}

}  // namespace
}  // namespace oriel::codec

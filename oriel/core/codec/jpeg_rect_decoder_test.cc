#include "oriel/core/codec/jpeg_rect_decoder.h"

#include <gmock/gmock.h>

#include "oriel/core/codec/jpeg_encoder.h"
#include "oriel/core/image/frame.h"
#include "oriel/testing/random_picture.h"

namespace oriel::codec {
namespace {

using image::Frame;
using image::Size;
using oriel::testing::make_picture;
using oriel::testing::PictureKind;
using ::testing::HasSubstr;

constexpr std::uint8_t kQuantization = 0xdb, kHuffman = 0xc4;

Bytes jpeg_of(std::uint32_t seed, int quality) {
  return JpegEncoder().encode(make_picture(PictureKind::kMixed, {60, 40}, seed).view(), quality);
}

// The JPEG without those segments before its scan.
Bytes without(const Bytes& jpeg, std::initializer_list<std::uint8_t> markers) {
  Bytes out(jpeg.begin(), jpeg.begin() + 2);
  std::size_t at = 2;
  while (jpeg[at + 1] != 0xda) {
    const std::size_t size = 2 + (jpeg[at + 2] << 8 | jpeg[at + 3]);
    if (std::ranges::find(markers, jpeg[at + 1]) == markers.end())
      out.insert(out.end(), jpeg.begin() + static_cast<std::ptrdiff_t>(at),
                 jpeg.begin() + static_cast<std::ptrdiff_t>(at + size));
    at += size;
  }
  out.insert(out.end(), jpeg.begin() + static_cast<std::ptrdiff_t>(at), jpeg.end());
  return out;
}

Frame decoded(Decoder& decoder, const Bytes& jpeg) {
  Frame frame({60, 40});
  const auto need = decoder.decode(jpeg, image::kBgrx, frame.mutable_view());
  EXPECT_TRUE(need.has_value()) << need.error().message;
  EXPECT_EQ(need ? need->consumed : 0, jpeg.size());
  return frame;
}

std::string refusal(const Bytes& bytes, Size size) {
  Frame frame(size);
  const auto need = make_jpeg_rect_decoder()->decode(bytes, image::kBgrx, frame.mutable_view());
  if (!need) return need.error().message;
  return need->consumed > 0 ? "accepted" : "wanted " + std::to_string(need->wanted);
}

TEST(JpegRectDecoder, KeepsTablesBetweenRectangles) {
  // Quality 30 has other quantization tables than those of any other quality.
  const auto first = jpeg_of(1, 30), second = jpeg_of(2, 30);
  const auto expected = decoded(*make_jpeg_rect_decoder(), second);
  for (const auto& shortened : {without(second, {kQuantization}), without(second, {kHuffman}),
                                without(second, {kQuantization, kHuffman})}) {
    ASSERT_LT(shortened.size(), second.size());
    const auto decoder = make_jpeg_rect_decoder();
    decoded(*decoder, first);
    EXPECT_TRUE(decoded(*decoder, shortened) == expected);
    decoded(*decoder, jpeg_of(3, 80));
    EXPECT_TRUE(decoded(*decoder, second) == expected);
    EXPECT_TRUE(decoded(*decoder, shortened) == expected);
  }
}

TEST(JpegRectDecoder, RefusesTablesThatNeverCame) {
  EXPECT_THAT(refusal(without(jpeg_of(1, 30), {kQuantization}), {60, 40}), HasSubstr("JPEG: "));
}

TEST(JpegRectDecoder, FindsTheEndBehindThumbnailsFillBytesAndRestarts) {
  const auto plain = jpeg_of(1, 80);
  auto decorated = plain;
  // An application segment that holds a JPEG, and fill bytes before the next marker and the last.
  Bytes segment{0xff, 0xe1, 0x00, 0x08, 0xff, 0xd8, 0x00, 0x00, 0xff, 0xd9, 0xff, 0xff};
  decorated.insert(decorated.begin() + 2, segment.begin(), segment.end());
  decorated.insert(decorated.end() - 2, {0xff, 0xff});
  const auto decoder = make_jpeg_rect_decoder();
  EXPECT_TRUE(decoded(*decoder, decorated) == decoded(*decoder, plain));
}

TEST(JpegRectDecoder, RefusesBytesWhereAMarkerMustBe) {
  EXPECT_THAT(refusal({0xff, 0xd9}, {1, 1}), HasSubstr("no marker but ff d9 at byte 0"));
  EXPECT_THAT(refusal({0xff, 0xff}, {1, 1}), HasSubstr("no marker but ff ff at byte 0"));
  EXPECT_THAT(refusal({0xff, 0xd8, 0x00, 0x01}, {1, 1}),
              HasSubstr("no marker but 00 01 at byte 2"));
  EXPECT_THAT(refusal({0xff, 0xd8, 0xff, 0xd8}, {1, 1}),
              HasSubstr("no marker but ff d8 at byte 2"));
  EXPECT_THAT(refusal({0xff, 0xd8, 0xff, 0xd0}, {1, 1}), HasSubstr("no marker but ff d0"));
  EXPECT_THAT(refusal({0xff, 0xd8, 0xff, 0xe0, 0, 1}, {1, 1}), HasSubstr("a segment of length 1"));
  EXPECT_THAT(refusal({0xff, 0xd8, 0xff, 0xd9}, {1, 1}), HasSubstr("JPEG: "));
}

TEST(JpegRectDecoder, RefusesAJpegThatDoesNotEnd) {
  Bytes endless{0xff, 0xd8, 0xff, 0xda, 0, 2};
  const auto limit = jpeg_rect_max_body_bytes({1, 1});
  endless.resize(limit - 2);
  EXPECT_EQ(refusal(endless, {1, 1}), "wanted " + std::to_string(limit));
  endless.resize(limit - 1);
  EXPECT_THAT(refusal(endless, {1, 1}), HasSubstr("JPEG: more than"));
}

TEST(JpegRectDecoder, IsBoundedForTheLargestDesktop) {
  EXPECT_EQ(jpeg_rect_max_body_bytes({65535, 65535}), std::size_t{32} << 20);
}

}  // namespace
}  // namespace oriel::codec

#include "oriel/core/codec/encoding_table.h"

#include <random>
#include <set>

#include <gmock/gmock.h>

#include "oriel/core/image/frame.h"
#include "oriel/core/image/pixel_convert.h"
#include "oriel/testing/awkward_pixels.h"
#include "oriel/testing/encoded_body.h"
#include "oriel/testing/random_picture.h"

namespace oriel::codec {
namespace {

using image::Frame;
using image::PixelFormat;
using image::Size;
using oriel::testing::AwkwardPixels;
using oriel::testing::EncodedBody;
using oriel::testing::kAllPictureKinds;
using oriel::testing::make_picture;
using oriel::testing::PictureKind;

const PixelFormat kFormats[] = {
    image::kBgrx,
    {32, 24, false, true, 255, 255, 255, 0, 8, 16},      // RGBX
    {32, 24, true, true, 255, 255, 255, 16, 8, 0},       // XRGB: big endian, low three bytes
    {32, 24, true, true, 255, 255, 255, 8, 16, 24},      // BGRX, called big endian
    {32, 24, false, true, 255, 255, 255, 24, 16, 8},     // XBGR: high three bytes
    {32, 32, false, true, 255, 255, 255, 16, 8, 0},      // depth 32: CPIXELs of four bytes
    {32, 30, false, true, 1023, 1023, 1023, 20, 10, 0},  // 10-10-10
    {32, 30, true, true, 1023, 1023, 1023, 0, 10, 20},
    {32, 16, false, true, 31, 63, 31, 11, 5, 0},  // loses bits
};

Frame after_format(const Frame& picture, const PixelFormat& format) {
  const image::PixelConverter converter(format);
  Frame result = picture;
  for (int y = 0; y < picture.size().height; ++y)
    for (int x = 0; x < picture.size().width; ++x)
      result.at(x, y) = converter.to_bgrx(converter.from_bgrx(picture.at(x, y)));
  return result;
}

Bytes payload_of(Encoder& encoder, const Frame& picture, const PixelFormat& format) {
  Bytes payload;
  encoder.encode(AwkwardPixels(picture, 1).view(), format, payload);
  return payload;
}

class EveryEncoding : public ::testing::TestWithParam<Encoding> {
 protected:
  // One connection: pictures go through the same stream, one after the other.
  void expect_round_trip(const Frame& picture, const PixelFormat& format) {
    const auto body = body_.wrap(payload_of(*encoder_, picture, format));
    ASSERT_LE(body.size(), GetParam().max_body_bytes(picture.size().area()));
    Frame decoded(picture.size(), 0xffffffff);
    const auto need = decoder_->decode(body, format, decoded.mutable_view());
    ASSERT_TRUE(need.has_value()) << need.error().message;
    ASSERT_EQ(*need, (Need{body.size(), 1}));
    ASSERT_TRUE(decoded == after_format(picture, format));
  }

  std::unique_ptr<Encoder> encoder_ = GetParam().make_encoder();
  std::unique_ptr<Decoder> decoder_ = GetParam().make_decoder();
  EncodedBody body_{GetParam().framing};
};

INSTANTIATE_TEST_SUITE_P(Table, EveryEncoding, ::testing::ValuesIn(encoding_table()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(EveryEncoding, GivesBackEveryKindOfPictureInEveryFormat) {
  for (const auto kind : kAllPictureKinds) {
    for (const auto& format : kFormats) {
      for (const Size size : {Size{1, 1}, Size{3, 2}, Size{64, 64}, Size{65, 63}}) {
        SCOPED_TRACE(std::string(picture_kind_name(kind)) + " " + describe(format));
        ASSERT_NO_FATAL_FAILURE(expect_round_trip(make_picture(kind, size, 7), format));
      }
    }
  }
}

TEST_P(EveryEncoding, GivesBackPicturesOfEverySize) {
  for (const auto kind : kAllPictureKinds) {
    for (const Size size : {Size{4096, 1}, Size{1, 4096}, Size{512, 256}, Size{129, 130},
                            Size{63, 64}, Size{64, 1}, Size{7, 300}}) {
      SCOPED_TRACE(std::string(picture_kind_name(kind)) + " " + std::to_string(size.width));
      ASSERT_NO_FATAL_FAILURE(expect_round_trip(make_picture(kind, size, 9), image::kBgrx));
    }
  }
}

TEST_P(EveryEncoding, GivesBackTilesOfEveryNumberOfColours) {
  std::mt19937 random(5);
  for (int colours = 1; colours <= 140; ++colours) {
    for (const Size size : {Size{64, 64}, Size{33, 37}}) {
      Frame picture(size);
      for (int i = 0, run = 0; i < size.area(); ++i) {
        if (i == 0 || run-- == 0) run = static_cast<int>(random() % 600) / (1 + colours / 8);
        const auto colour = static_cast<std::uint32_t>((i / (run + 1)) % colours) * 0x10305;
        picture.at(i % size.width, i / size.width) = colour & image::kColourMask;
      }
      SCOPED_TRACE(colours);
      ASSERT_NO_FATAL_FAILURE(expect_round_trip(picture, image::kBgrx));
    }
  }
}

TEST_P(EveryEncoding, PayloadDependsOnThePictureAlone) {
  const auto first = make_picture(PictureKind::kText, {100, 70}, 1);
  const auto payload = payload_of(*encoder_, first, image::kBgrx);
  payload_of(*encoder_, make_picture(PictureKind::kNoise, {300, 70}, 1), kFormats[2]);
  Bytes again;
  encoder_->encode(first.view(), image::kBgrx, again);  // aligned, and with zero pad bytes
  EXPECT_EQ(again, payload);
  encoder_->encode(first.view(), image::kBgrx, again);
  EXPECT_EQ(again.size(), 2 * payload.size()) << "what is in the output stays";
}

TEST_P(EveryEncoding, DecoderConsumesNothingUntilTheWholeBodyIsThere) {
  const auto picture = make_picture(PictureKind::kMixed, {20, 17}, 3);
  const auto body = body_.wrap(payload_of(*encoder_, picture, image::kBgrx));
  Frame decoded(picture.size());
  for (std::size_t shown = 0; shown < body.size(); ++shown) {
    const auto need =
        decoder_->decode(ByteSpan(body).first(shown), image::kBgrx, decoded.mutable_view());
    ASSERT_TRUE(need.has_value()) << need.error().message;
    ASSERT_EQ(need->consumed, 0u);
    ASSERT_GT(need->wanted, shown);
    ASSERT_LE(need->wanted, body.size());
    if (shown >= 4) {
      ASSERT_EQ(need->wanted, body.size());
    }
  }
  const auto need = decoder_->decode(body, image::kBgrx, decoded.mutable_view());
  ASSERT_TRUE(need.has_value()) << need.error().message;
  EXPECT_EQ(need->consumed, body.size());
  EXPECT_TRUE(decoded == picture);
}

TEST_P(EveryEncoding, DecoderLeavesTheBytesOfTheNextMessageAlone) {
  const auto picture = make_picture(PictureKind::kText, {70, 20}, 3);
  auto body = body_.wrap(payload_of(*encoder_, picture, image::kBgrx));
  const auto size = body.size();
  body.insert(body.end(), 100, 0xff);
  Frame decoded(picture.size());
  const auto need = decoder_->decode(body, image::kBgrx, decoded.mutable_view());
  ASSERT_TRUE(need.has_value()) << need.error().message;
  EXPECT_EQ(need->consumed, size);
  EXPECT_TRUE(decoded == picture);
}

TEST(EncodingTable, PrefersZrleAndHasUniqueNumbersAndNames) {
  std::set<std::int32_t> ids;
  std::set<std::string_view> names;
  for (const auto& encoding : encoding_table()) {
    EXPECT_TRUE(ids.insert(encoding.id).second);
    EXPECT_TRUE(names.insert(encoding.name).second);
    EXPECT_EQ(find_encoding(encoding.id)->name, encoding.name);
  }
  EXPECT_EQ(encoding_table().front().name, "zrle");
  EXPECT_EQ(find_encoding(16)->name, "zrle");
  EXPECT_EQ(find_encoding(0)->name, "raw");
  EXPECT_EQ(find_encoding(-239), nullptr);
}

}  // namespace
}  // namespace oriel::codec

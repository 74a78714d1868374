#include "oriel/core/codec/encoding_table.h"

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include <gmock/gmock.h>

#include "oriel/core/image/frame.h"
#include "oriel/testing/awkward_pixels.h"
#include "oriel/testing/encoded_body.h"
#include "oriel/testing/pixel_formats.h"
#include "oriel/testing/random_picture.h"
#include "oriel/testing/sample_bodies.h"

namespace oriel::codec {
namespace {

using image::Frame;
using image::PixelFormat;
using image::Size;
using oriel::testing::AwkwardPixels;
using oriel::testing::EncodedBody;
using oriel::testing::in_format;
using oriel::testing::kAllPictureKinds;
using oriel::testing::kAllPixelFormats;
using oriel::testing::make_picture;
using oriel::testing::PictureKind;
using oriel::testing::sample_bodies;
using oriel::testing::SampleBody;

Bytes payload_of(Encoder& encoder, const Frame& picture, const PixelFormat& format) {
  Bytes payload;
  encoder.encode(AwkwardPixels(picture, 1).view(), format, payload);
  return payload;
}

std::vector<Encoding> encodings_that_we_send() {
  std::vector<Encoding> sent;
  for (const auto& encoding : encoding_table())
    if (encoding.can_encode()) sent.push_back(encoding);
  return sent;
}

class EveryEncoding : public ::testing::TestWithParam<Encoding> {
 protected:
  // One connection: pictures go through the same stream, one after the other.
  void expect_round_trip(const Frame& picture, const PixelFormat& format) {
    const auto body = body_.wrap(payload_of(*encoder_, picture, format));
    ASSERT_LE(body.size(), GetParam().max_body_bytes(picture.size()));
    Frame decoded(picture.size(), 0xffffffff);
    const auto need = decoder_->decode(body, format, decoded.mutable_view());
    ASSERT_TRUE(need.has_value()) << need.error().message;
    ASSERT_EQ(*need, (Need{body.size(), 1}));
    ASSERT_TRUE(decoded == in_format(picture, format));
  }

  // `size`, or what may be sent of it at once.
  static Size limited(Size size) {
    const auto max = GetParam().max_size;
    return {std::min(size.width, max.width), std::min(size.height, max.height)};
  }

  std::unique_ptr<Encoder> encoder_ = GetParam().make_encoder();
  std::unique_ptr<Decoder> decoder_ = GetParam().make_decoder();
  EncodedBody body_{GetParam().framing};
};

INSTANTIATE_TEST_SUITE_P(Table, EveryEncoding, ::testing::ValuesIn(encodings_that_we_send()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(EncodingTable, KeepsCorreWithinTheBufferOfOldViewers) {
  // xtightvncviewer, ssvncviewer, vncsnapshot and libvncclient have this, and do not all check.
  constexpr std::size_t kBufferBytes = 640 * 480;
  const Encoding* corre = find_encoding(4);
  ASSERT_NE(corre, nullptr);
  EXPECT_LE(corre->max_body_bytes(corre->max_size), kBufferBytes);
}

TEST_P(EveryEncoding, GivesBackEveryKindOfPictureInEveryFormat) {
  for (const auto kind : kAllPictureKinds) {
    for (const auto& format : kAllPixelFormats) {
      for (const Size size : {Size{1, 1}, Size{3, 2}, Size{64, 64}, Size{65, 63}}) {
        SCOPED_TRACE(std::string(picture_kind_name(kind)) + " " + describe(format));
        ASSERT_NO_FATAL_FAILURE(expect_round_trip(make_picture(kind, size, 7), format));
      }
    }
  }
}

TEST_P(EveryEncoding, GivesBackPicturesOfEverySize) {
  std::size_t round = 0;
  for (const auto kind : kAllPictureKinds) {
    for (const Size size : {Size{4096, 1}, Size{1, 4096}, Size{512, 256}, Size{255, 255},
                            Size{129, 130}, Size{63, 64}, Size{64, 1}, Size{7, 300}}) {
      SCOPED_TRACE(std::string(picture_kind_name(kind)) + " " + std::to_string(size.width));
      const auto picture = make_picture(kind, limited(size), 9);
      ASSERT_NO_FATAL_FAILURE(expect_round_trip(picture, image::kBgrx));
      ASSERT_NO_FATAL_FAILURE(
          expect_round_trip(picture, kAllPixelFormats[round++ % std::size(kAllPixelFormats)]));
    }
  }
}

TEST_P(EveryEncoding, GivesBackRandomPicturesInRandomFormats) {
  std::mt19937 random(11);
  const auto below = [&random](int end) { return static_cast<int>(random() % end); };
  for (int round = 0; round < 300; ++round) {
    const auto size = limited(round % 4 == 0 ? Size{1 + below(300), 1 + below(9)}
                                             : Size{1 + below(70), 1 + below(70)});
    const auto& format = kAllPixelFormats[below(std::size(kAllPixelFormats))];
    auto picture =
        make_picture(kAllPictureKinds[below(std::size(kAllPictureKinds))], size, random());
    // Rectangles of two colours on top, so that tiles mix what the kinds keep apart.
    const std::uint32_t colours[] = {static_cast<std::uint32_t>(random()) & image::kColourMask, 0};
    for (int i = below(12); i > 0; --i) {
      const int left = below(size.width), top = below(size.height);
      for (int y = top; y < std::min(size.height, top + 20); ++y)
        for (int x = left; x < std::min(size.width, left + 20); ++x)
          picture.at(x, y) = colours[i % 2];
    }
    SCOPED_TRACE(describe(format));
    ASSERT_NO_FATAL_FAILURE(expect_round_trip(picture, format)) << round;
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
  payload_of(*encoder_, make_picture(PictureKind::kNoise, {300, 70}, 1), kAllPixelFormats[2]);
  Bytes again;
  encoder_->encode(first.view(), image::kBgrx, again);  // aligned, and with zero pad bytes
  EXPECT_EQ(again, payload);
  encoder_->encode(first.view(), image::kBgrx, again);
  EXPECT_EQ(again.size(), 2 * payload.size()) << "what is in the output stays";
}

class EveryDecoder : public ::testing::TestWithParam<Encoding> {
 protected:
  static std::vector<SampleBody> samples(Size size, const PixelFormat& format) {
    return sample_bodies(GetParam(), size, format);
  }
};

INSTANTIATE_TEST_SUITE_P(Table, EveryDecoder, ::testing::ValuesIn(encoding_table()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(EveryDecoder, HasSamplesThatItDecodesInEveryFormat) {
  for (const auto& format : kAllPixelFormats) {
    for (const Size size : {Size{1, 1}, Size{3, 2}, Size{65, 63}, Size{9, 200}, Size{200, 9}}) {
      SCOPED_TRACE(describe(format) + " " + std::to_string(size.width));
      const auto bodies = samples(size, format);
      ASSERT_FALSE(bodies.empty());
      for (const auto& [body, picture] : bodies) {
        Frame decoded(size);
        const auto need = GetParam().make_decoder()->decode(body, format, decoded.mutable_view());
        ASSERT_TRUE(need.has_value()) << need.error().message;
        ASSERT_EQ(*need, (Need{body.size(), 1}));
        ASSERT_TRUE(decoded == picture);
        ASSERT_LE(body.size(), GetParam().max_body_bytes(size));
      }
    }
  }
}

TEST_P(EveryDecoder, ConsumesNothingUntilTheWholeBodyIsThere) {
  for (const auto& [body, picture] : samples({20, 17}, image::kBgrx)) {
    const auto decoder = GetParam().make_decoder();
    Frame decoded(picture.size());
    for (std::size_t shown = 0; shown < body.size(); ++shown) {
      const auto need =
          decoder->decode(ByteSpan(body).first(shown), image::kBgrx, decoded.mutable_view());
      ASSERT_TRUE(need.has_value()) << need.error().message;
      ASSERT_EQ(need->consumed, 0u);
      ASSERT_GT(need->wanted, shown);
      ASSERT_LE(need->wanted, body.size());
    }
    const auto need = decoder->decode(body, image::kBgrx, decoded.mutable_view());
    ASSERT_TRUE(need.has_value()) << need.error().message;
    EXPECT_EQ(need->consumed, body.size());
    EXPECT_TRUE(decoded == picture);
  }
}

TEST_P(EveryDecoder, ThatGetsWhatItWantsIsDoneAndAsksForLittleOften) {
  if (GetParam().name == "jpeg") GTEST_SKIP() << "a JPEG does not say how long it is";
  for (const auto& format : kAllPixelFormats) {
    for (const auto& [body, picture] : samples({100, 70}, format)) {
      const auto decoder = GetParam().make_decoder();
      Frame decoded(picture.size());
      std::size_t shown = 1;
      int calls = 0;
      while (true) {
        const auto need =
            decoder->decode(ByteSpan(body).first(shown), format, decoded.mutable_view());
        ASSERT_TRUE(need.has_value()) << need.error().message;
        ++calls;
        if (need->consumed > 0) break;
        ASSERT_LE(need->wanted, body.size());
        shown = need->wanted;
      }
      EXPECT_TRUE(decoded == picture);
      EXPECT_LE(calls, 8 * (7 * 5) + 4) << "a few per tile of 16x16 at most";
    }
  }
}

TEST_P(EveryDecoder, OfAnyBytesFailsOrStaysWithinItsLimits) {
  std::mt19937 random(4);
  for (int round = 0; round < 500; ++round) {
    const auto& format = kAllPixelFormats[random() % std::size(kAllPixelFormats)];
    for (auto [body, picture] : samples({20, 18}, format)) {
      for (auto changes = random() % 4; changes > 0; --changes)
        body[random() % body.size()] = static_cast<std::uint8_t>(random());
      body.resize(random() % 2 == 0 ? body.size() : random() % body.size());
      Frame frame({26, 24}, 0xdeadbeef);
      const image::Rect inside{3, 3, 20, 18};
      const auto need =
          GetParam().make_decoder()->decode(body, format, {frame.mutable_view(), inside});
      if (need && need->consumed == 0) {
        ASSERT_GT(need->wanted, body.size());
        ASSERT_LE(need->wanted, GetParam().max_body_bytes(inside.size()));
      }
      for (int y = 0; y < 24; ++y)
        for (int x = 0; x < 26; ++x)
          ASSERT_TRUE(inside.contains(image::Point{x, y}) || frame.at(x, y) == 0xdeadbeef);
    }
  }
}

TEST_P(EveryDecoder, LeavesTheBytesOfTheNextMessageAlone) {
  for (auto [body, picture] : samples({70, 20}, image::kBgrx)) {
    const auto size = body.size();
    body.insert(body.end(), 100, 0xff);
    Frame decoded(picture.size());
    const auto need = GetParam().make_decoder()->decode(body, image::kBgrx, decoded.mutable_view());
    ASSERT_TRUE(need.has_value()) << need.error().message;
    EXPECT_EQ(need->consumed, size);
    EXPECT_TRUE(decoded == picture);
  }
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
  EXPECT_FALSE(find_encoding(1)->can_encode()) << "nothing tells yet what moved";
  EXPECT_TRUE(find_encoding(2)->can_encode());
}

}  // namespace
}  // namespace oriel::codec

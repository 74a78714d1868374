#include "oriel/core/codec/tight_decoder.h"

#include <random>

#include <gmock/gmock.h>

#include "oriel/core/codec/tight_format.h"
#include "oriel/core/image/frame.h"
#include "oriel/testing/pixel_formats.h"
#include "oriel/testing/random_picture.h"
#include "oriel/testing/tight_writer.h"

namespace oriel::codec {
namespace {

using image::Frame;
using image::PixelFormat;
using image::Size;
using oriel::testing::in_format;
using oriel::testing::kAllPixelFormats;
using oriel::testing::make_picture;
using oriel::testing::PictureKind;
using oriel::testing::TightWriter;
using ::testing::HasSubstr;

constexpr PixelFormat kBytes{8, 8, false, true, 7, 7, 3, 5, 2, 0};

// A server and a client with one connection.
struct Talk {
  explicit Talk(const PixelFormat& wire, int level = 6, int window_bits = 15)
      : format(wire), writer(wire, level, window_bits) {}

  void expect(const Bytes& body, const Frame& picture) {
    Frame decoded(picture.size(), 0xffffffff);
    const auto need = decoder->decode(body, format, decoded.mutable_view());
    ASSERT_TRUE(need.has_value()) << need.error().message;
    ASSERT_EQ(*need, (Need{body.size(), 1}));
    ASSERT_TRUE(decoded == in_format(picture, format));
    ASSERT_LE(body.size(), tight::max_body_bytes(picture.size()));
  }

  PixelFormat format;
  TightWriter writer;
  std::unique_ptr<Decoder> decoder = make_tight_decoder();
};

// The error of a first rectangle; "accepted" when there is none, "wanted N" when it goes on.
std::string refusal(const Bytes& body, const PixelFormat& format, Size size) {
  Frame frame(size);
  const auto need = make_tight_decoder()->decode(body, format, frame.mutable_view());
  if (!need) return need.error().message;
  return need->consumed > 0 ? "accepted" : "wanted " + std::to_string(need->wanted);
}

TEST(TightDecoder, GivesBackEveryFilterInEveryFormatThroughItsStreams) {
  for (const auto& format : kAllPixelFormats) {
    Talk talk(format);
    int round = 0;
    for (const auto kind : {PictureKind::kTwoColours, PictureKind::kFewColours, PictureKind::kMixed,
                            PictureKind::kNoise}) {
      for (const Size size : {Size{1, 1}, Size{3, 1}, Size{2, 6}, Size{33, 17}, Size{3, 60}}) {
        SCOPED_TRACE(std::string(picture_kind_name(kind)) + " " + describe(format));
        const auto picture = make_picture(kind, size, static_cast<std::uint32_t>(round));
        ASSERT_NO_FATAL_FAILURE(talk.expect(talk.writer.copy(picture, round++ % 4), picture));
        ASSERT_NO_FATAL_FAILURE(talk.expect(talk.writer.named_copy(picture, round++ % 4), picture));
        if (const auto body = talk.writer.palette(picture, round++ % 4)) {
          ASSERT_NO_FATAL_FAILURE(talk.expect(*body, picture));
        }
        if (format.is_true_colour && format.bits_per_pixel > 8) {
          ASSERT_NO_FATAL_FAILURE(talk.expect(talk.writer.gradient(picture, round++ % 4), picture));
        }
        const Frame solid(size, picture.at(0, 0));
        ASSERT_NO_FATAL_FAILURE(talk.expect(talk.writer.fill(solid.at(0, 0)), solid));
      }
    }
  }
}

TEST(TightDecoder, ReadsPalettesOfEverySize) {
  Talk talk(image::kBgrx);
  for (int colours = 2; colours <= 256; ++colours) {
    Frame picture({37, 19});
    for (int i = 0; i < 37 * 19; ++i)
      picture.at(i % 37, i / 37) = static_cast<std::uint32_t>(i % colours) * 0x010203;
    const auto body = talk.writer.palette(picture, colours % 4);
    ASSERT_TRUE(body.has_value());
    ASSERT_NO_FATAL_FAILURE(talk.expect(*body, picture)) << colours;
  }
}

TEST(TightDecoder, ReadsStreamsOfEveryLevelAndWindow) {
  for (const int level : {0, 1, 6, 9}) {
    for (const int window_bits : {9, 12, 15}) {
      Talk talk(image::kBgrx, level, window_bits);
      for (std::uint32_t seed = 0; seed < 4; ++seed) {
        const auto picture = make_picture(PictureKind::kMixed, {100, 100}, seed % 3);
        ASSERT_NO_FATAL_FAILURE(talk.expect(talk.writer.copy(picture, 2), picture));
      }
    }
  }
}

TEST(TightDecoder, BeginsStreamsAnewWhateverTheRectangleIs) {
  const auto picture = make_picture(PictureKind::kMixed, {50, 40}, 1);
  for (int round = 0; round < 5; ++round) {
    Talk talk(image::kBgrx);
    auto& writer = talk.writer;
    const auto say_something = [&] {
      for (int stream = 0; stream < 4; ++stream)
        ASSERT_NO_FATAL_FAILURE(talk.expect(writer.copy(picture, stream), picture));
    };
    say_something();
    writer.begin_anew(0b1010);
    const Frame dot({1, 1}, 0x123456), solid({9, 9}, 0x123456);
    if (round == 0) talk.expect(writer.fill(0x123456), solid);
    if (round == 1) talk.expect(writer.copy(dot, 0), dot);  // not compressed
    if (round == 2) talk.expect(writer.copy(picture, 1), picture);
    if (round == 3) talk.expect(writer.gradient(picture, 2), picture);
    say_something();
    writer.begin_anew(0b1111);
    say_something();
  }
}

TEST(TightDecoder, AcceptsAnEndOfAStreamThatBeginsAnew) {
  // zlib data with its end: level 0, one final block, checksum left as it comes.
  const auto picture = make_picture(PictureKind::kMixed, {4, 1}, 1);
  Talk talk(image::kBgrx);
  Bytes data(100);
  Bytes plain;
  for (int x = 0; x < 4; ++x)
    for (int shift = 16; shift >= 0; shift -= 8)
      plain.push_back(static_cast<std::uint8_t>(picture.at(x, 0) >> shift));
  uLongf size = data.size();
  ASSERT_EQ(compress2(data.data(), &size, plain.data(), plain.size(), 9), Z_OK);
  for (int i = 0; i < 3; ++i) {
    Bytes body{0x01, static_cast<std::uint8_t>(size)};
    body.insert(body.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(size));
    ASSERT_NO_FATAL_FAILURE(talk.expect(body, picture));
  }
}

TEST(TightDecoder, FollowsAChangeOfTheFormat) {
  Talk talk(image::kBgrx);
  const auto picture = make_picture(PictureKind::kMixed, {30, 30}, 1);
  ASSERT_NO_FATAL_FAILURE(talk.expect(talk.writer.copy(picture, 0), picture));
  TightWriter bytes(kBytes);
  bytes.begin_anew(0b1111);
  talk.format = kBytes;
  ASSERT_NO_FATAL_FAILURE(talk.expect(bytes.copy(picture, 0), picture));
}

TEST(TightDecoder, RefusesWhatIsNoCompressionOrFilter) {
  for (int method = 10; method < 16; ++method)
    EXPECT_THAT(refusal({static_cast<std::uint8_t>(method << 4), 0, 0, 0}, kBytes, {1, 1}),
                HasSubstr("Tight: compression " + std::to_string(method)));
  EXPECT_EQ(refusal({0x40, 3, 0}, kBytes, {1, 1}), "Tight: filter 3, expected 0 to 2");
  EXPECT_EQ(refusal({0x40, 1, 0, 0}, kBytes, {1, 1}),
            "Tight: a palette of 1 colour, expected 2 to 256");
  EXPECT_THAT(refusal({0x40, 2, 0}, kBytes, {1, 1}),
              HasSubstr("gradients of pixels that have none"));
  EXPECT_THAT(refusal({0x40, 2, 0, 0}, {16, 8, false, false, 0, 0, 0, 0, 0, 0}, {1, 1}),
              HasSubstr("gradients of pixels that have none"));
}

TEST(TightDecoder, RefusesColoursThatThePaletteDoesNotHave) {
  EXPECT_EQ(refusal({0x40, 1, 2, 1, 2, 3, 0, 1, 2}, kBytes, {3, 1}), "accepted");
  EXPECT_EQ(refusal({0x40, 1, 2, 1, 2, 3, 0, 3, 2}, kBytes, {3, 1}),
            "Tight: colour 3 of a palette of 3");
}

TEST(TightDecoder, CompressesFromTwelveBytesOn) {
  EXPECT_EQ(refusal(Bytes(12, 0), kBytes, {11, 1}), "accepted");
  EXPECT_EQ(refusal({0, 40, 0}, kBytes, {12, 1}), "wanted 42") << "of which one is the length";
}

TEST(TightDecoder, RefusesLengthsBeyondTheLimitBeforeTheBytesAreThere) {
  const Size size{64, 64};
  const auto limit = tight::max_deflated_bytes(64 * 64);
  const auto with_length = [](int control, std::size_t length) {
    return Bytes{static_cast<std::uint8_t>(control),
                 static_cast<std::uint8_t>(128 | (length & 127)),
                 static_cast<std::uint8_t>(128 | (length >> 7 & 127)),
                 static_cast<std::uint8_t>(length >> 14)};
  };
  EXPECT_EQ(refusal(with_length(0, limit), kBytes, size), "wanted " + std::to_string(limit + 4));
  EXPECT_THAT(refusal(with_length(0, limit + 1), kBytes, size), HasSubstr("at most"));
  const auto picture_limit = tight::max_picture_bytes(size);
  EXPECT_EQ(refusal(with_length(0x90, picture_limit), kBytes, size),
            "wanted " + std::to_string(picture_limit + 4));
  EXPECT_THAT(refusal(with_length(0x90, picture_limit + 1), kBytes, size),
              HasSubstr("Tight: a picture of"));
  EXPECT_EQ(refusal(with_length(0x90, tight::kLengthMax), kBytes, {2048, 2048}),
            "wanted " + std::to_string(tight::kLengthMax + 4));
}

TEST(TightDecoder, RefusesTooFewPixelsOrTooMany) {
  TightWriter server(kBytes);
  EXPECT_EQ(refusal(server.copy(Frame({20, 3}), 0), kBytes, {20, 4}),
            "Tight: the data ends before row 4 of 4");
  TightWriter other(kBytes);
  EXPECT_EQ(refusal(other.copy(Frame({300, 300}), 0), kBytes, {300, 299}),
            "Tight: more data than the rectangle has pixels");
}

TEST(TightDecoder, StaysBrokenAfterAnError) {
  Talk talk(kBytes);
  Frame frame({20, 4});
  ASSERT_FALSE(
      talk.decoder->decode(talk.writer.copy(Frame({20, 3}), 0), kBytes, frame.mutable_view()));
  const auto again =
      talk.decoder->decode(talk.writer.copy(Frame({20, 4}), 0), kBytes, frame.mutable_view());
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().message, "Tight: a stream is broken");
}

TEST(TightDecoder, ReadsTheWidestRectangle) {
  Talk talk(image::kBgrx);
  const auto picture = make_picture(PictureKind::kMixed, {tight::kMaxWidth, 12}, 1);
  ASSERT_NO_FATAL_FAILURE(talk.expect(talk.writer.copy(picture, 0), picture));
  ASSERT_NO_FATAL_FAILURE(talk.expect(talk.writer.gradient(picture, 1), picture));
}

TEST(TightDecoder, ReadsALengthOfThreeBytes) {
  Talk talk(image::kBgrx);
  const auto noise = make_picture(PictureKind::kNoise, {600, 300}, 1);
  const auto body = talk.writer.copy(noise, 0);
  ASSERT_GT(body.size(), 500'000u);
  talk.expect(body, noise);
}

}  // namespace
}  // namespace oriel::codec

#include "oriel/core/codec/trle_decoder.h"

#include <gmock/gmock.h>

#include "oriel/core/image/frame.h"

namespace oriel::codec {
namespace {

using image::Frame;
using ::testing::HasSubstr;

constexpr image::PixelFormat kBytes{8, 8, false, true, 7, 7, 3, 5, 2, 0};
constexpr std::uint32_t kRed = 0xff0000, kGreen = 0x00ff00;

std::string refusal(const Bytes& body, image::Size size) {
  Frame frame(size);
  const auto need = make_trle_decoder()->decode(body, kBytes, frame.mutable_view());
  if (need) return "accepted";
  EXPECT_EQ(need.error().code, ErrorCode::kInvalid);
  return need.error().message;
}

TEST(TrleDecoder, UsesThePaletteOfAnEarlierTileAgain) {
  const Bytes body{2,   0xe0, 0x1c, 0x40, 0, 0, 0,  // indexes, 2 colours: red green red ..
                   127, 0x80, 0,    0,    0,        // the same palette: green red ..
                   129, 0x81, 30,   0,              // runs: 31 times green, red
                   1,   0x03,                       // one colour, which is no palette
                   129, 0x80, 31};
  Frame frame({80, 2});
  const auto need = make_trle_decoder()->decode(body, kBytes, frame.mutable_view());
  ASSERT_TRUE(need) << need.error().message;
  EXPECT_EQ(need->consumed, body.size());
  EXPECT_EQ(frame.at(0, 0), kRed);
  EXPECT_EQ(frame.at(1, 0), kGreen);
  EXPECT_EQ(frame.at(16, 0), kGreen);
  EXPECT_EQ(frame.at(17, 0), kRed);
  EXPECT_EQ(frame.at(32, 0), kGreen);
  EXPECT_EQ(frame.at(47, 1), kRed);
  EXPECT_EQ(frame.at(48, 0), 0x0000ffu);
  EXPECT_EQ(frame.at(79, 1), kRed);
}

TEST(TrleDecoder, RefusesAPaletteThatIsNotThere) {
  EXPECT_THAT(refusal({127, 0}, {1, 1}), HasSubstr("which has 0 colours"));
  EXPECT_THAT(refusal({129, 0}, {1, 1}), HasSubstr("which has 0 colours"));
  Bytes large{128 + 17};
  for (std::uint8_t i = 0; i < 17; ++i) large.push_back(i);
  large.insert(large.end(), {0x80, 15, 127, 0});
  EXPECT_THAT(refusal(large, {32, 1}), HasSubstr("which has 17 colours (1 to 16 expected)"));
  large[large.size() - 2] = 129;
  large.push_back(0);
  large[large.size() - 2] = 0x80;
  large.back() = 15;
  EXPECT_EQ(refusal(large, {32, 1}), "accepted");
}

TEST(TrleDecoder, ForgetsThePaletteWithTheRectangle) {
  auto decoder = make_trle_decoder();
  Frame frame({2, 1});
  ASSERT_TRUE(decoder->decode(Bytes{2, 1, 2, 0x40}, kBytes, frame.mutable_view()));
  EXPECT_FALSE(decoder->decode(Bytes{127, 0x40}, kBytes, frame.mutable_view()));
}

TEST(TrleDecoder, RefusesFormsThatDoNotExistAndRunsWithoutEnd) {
  for (int form = 17; form < 127; ++form)
    EXPECT_THAT(refusal({static_cast<std::uint8_t>(form)}, {2, 1}), HasSubstr("no such tile form"));
  EXPECT_THAT(refusal({128, 0, 255, 255, 255}, {16, 16}), HasSubstr("a run of 511 pixels"));
}

}  // namespace
}  // namespace oriel::codec

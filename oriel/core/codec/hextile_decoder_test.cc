#include "oriel/core/codec/hextile_decoder.h"

#include <gmock/gmock.h>

#include "oriel/core/image/frame.h"

namespace oriel::codec {
namespace {

using image::Frame;
using ::testing::HasSubstr;

constexpr image::PixelFormat kBytes{8, 8, false, true, 7, 7, 3, 5, 2, 0};
constexpr std::uint32_t kRed = 0xff0000, kGreen = 0x00ff00, kBlue = 0x0000ff;

TEST(HextileDecoder, CarriesColoursFromTileToTile) {
  const Bytes body{2 | 4 | 8, 0xe0, 0x1c, 1,    0x00, 0x00,  // red, a green pixel in the corner
                   8,         1,    0x10, 0x01,              // both again; 1x2 pixels at 1,0
                   8 | 16,    1,    0x03, 0x00, 0x10,        // red; coloured: blue, 2x1 at 0,0
                   0};                                       // red
  Frame frame({64, 2});
  const auto need = make_hextile_decoder()->decode(body, kBytes, frame.mutable_view());
  ASSERT_TRUE(need) << need.error().message;
  EXPECT_EQ(need->consumed, body.size());
  EXPECT_EQ(frame.at(0, 0), kGreen);
  EXPECT_EQ(frame.at(1, 0), kRed);
  EXPECT_EQ(frame.at(17, 0), kGreen);
  EXPECT_EQ(frame.at(17, 1), kGreen);
  EXPECT_EQ(frame.at(18, 1), kRed);
  EXPECT_EQ(frame.at(32, 0), kBlue);
  EXPECT_EQ(frame.at(33, 0), kBlue);
  EXPECT_EQ(frame.at(34, 0), kRed);
  EXPECT_EQ(frame.at(63, 1), kRed);
}

TEST(HextileDecoder, ReadsRawTilesWhateverElseIsFlagged) {
  Frame frame({2, 1});
  const auto need =
      make_hextile_decoder()->decode(Bytes{1 | 2 | 4, 0xe0, 0x1c}, kBytes, frame.mutable_view());
  ASSERT_TRUE(need) << need.error().message;
  EXPECT_EQ(frame.at(0, 0), kRed);
  EXPECT_EQ(frame.at(1, 0), kGreen);
}

TEST(HextileDecoder, RefusesFlagsThatDoNotExistAndSubrectanglesOutsideTheTile) {
  const auto refusal = [](const Bytes& body) {
    Frame frame({18, 18});
    const auto need = make_hextile_decoder()->decode(body, kBytes, frame.mutable_view());
    if (need) return std::string("accepted");
    EXPECT_EQ(need.error().code, ErrorCode::kInvalid);
    return need.error().message;
  };
  EXPECT_THAT(refusal({32}), HasSubstr("no such tile flags: 32"));
  EXPECT_THAT(refusal({8, 1, 0xf0, 0x10}), HasSubstr("2x1 at 15,0 in a tile of 16x16"));
  EXPECT_THAT(refusal({0, 8, 1, 0x00, 0x20}), HasSubstr("3x1 at 0,0 in a tile of 2x16"));
  EXPECT_EQ(refusal({0, 8, 1, 0x00, 0x1f, 0, 0}), "accepted");
}

}  // namespace
}  // namespace oriel::codec

#include "oriel/core/codec/rre_decoder.h"

#include <gmock/gmock.h>

#include "oriel/core/image/frame.h"

namespace oriel::codec {
namespace {

using image::Frame;
using ::testing::HasSubstr;

constexpr image::PixelFormat kBytes{8, 8, false, true, 7, 7, 3, 5, 2, 0};

struct Decoded {
  Result<Need> need;
  Frame frame;
};

Decoded decode(Decoder& decoder, const Bytes& body, image::Size size) {
  Frame frame(size);
  auto need = decoder.decode(body, kBytes, frame.mutable_view());
  return {std::move(need), std::move(frame)};
}

TEST(RreDecoder, PaintsSubrectanglesInOrderOnTheBackground) {
  const auto [need, frame] = decode(*make_rre_decoder(), {0,    0, 0, 2, 0xe0,              //
                                                          0x1c, 0, 1, 0, 0,    0, 2, 0, 1,  //
                                                          0x03, 0, 2, 0, 0,    0, 1, 0, 2},
                                    {3, 2});
  ASSERT_TRUE(need) << need.error().message;
  EXPECT_EQ(need->consumed, 23u);
  EXPECT_EQ(frame.at(0, 0), 0xff0000u);
  EXPECT_EQ(frame.at(1, 0), 0x00ff00u);
  EXPECT_EQ(frame.at(2, 0), 0x0000ffu);
  EXPECT_EQ(frame.at(1, 1), 0xff0000u);
  EXPECT_EQ(frame.at(2, 1), 0x0000ffu);
}

TEST(CorreDecoder, HasCoordinatesOfOneByte) {
  const auto [need, frame] =
      decode(*make_corre_decoder(), {0, 0, 0, 1, 0xe0, 0x1c, 1, 0, 2, 1}, {3, 2});
  ASSERT_TRUE(need) << need.error().message;
  EXPECT_EQ(need->consumed, 10u);
  EXPECT_EQ(frame.at(1, 0), 0x00ff00u);
  EXPECT_EQ(frame.at(1, 1), 0xff0000u);
}

TEST(RreDecoder, RefusesSubrectanglesOutsideTheRectangle) {
  for (const Bytes& part :
       {Bytes{2, 0, 2, 1}, Bytes{0, 2, 1, 1}, Bytes{0, 0, 1, 3}, Bytes{255, 255, 255, 255}}) {
    Bytes body{0, 0, 0, 1, 0, 0};
    body.insert(body.end(), part.begin(), part.end());
    const auto need = decode(*make_corre_decoder(), body, {3, 2}).need;
    ASSERT_FALSE(need);
    EXPECT_EQ(need.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(need.error().message, HasSubstr("in a rectangle of 3x2"));
  }
}

TEST(RreDecoder, RefusesMoreSubrectanglesThanPixelsBeforeTheyAreThere) {
  EXPECT_EQ(*decode(*make_rre_decoder(), {0, 0, 0, 6}, {3, 2}).need, (Need{0, 5 + 6 * 9}));
  const auto need = decode(*make_rre_decoder(), {0, 0, 0, 7}, {3, 2}).need;
  ASSERT_FALSE(need);
  EXPECT_EQ(need.error().code, ErrorCode::kTooLarge);
}

TEST(RreDecoder, RefusesToPaintOverAndOver) {
  const auto body = [](int layers) {
    Bytes bytes{0, 0, 0, static_cast<std::uint8_t>(layers), 0};
    for (int i = 0; i < layers; ++i) bytes.insert(bytes.end(), {9, 0, 0, 10, 10});
    return bytes;
  };
  EXPECT_TRUE(decode(*make_corre_decoder(), body(64), {10, 10}).need);
  const auto need = decode(*make_corre_decoder(), body(65), {10, 10}).need;
  ASSERT_FALSE(need);
  EXPECT_EQ(need.error().message, "RRE: the subrectangles paint more than 64 times the rectangle");
}

}  // namespace
}  // namespace oriel::codec

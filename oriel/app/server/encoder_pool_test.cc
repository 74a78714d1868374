#include "oriel/app/server/encoder_pool.h"

#include <gtest/gtest.h>

#include "oriel/core/rfb/constants.h"
#include "oriel/testing/random_picture.h"

namespace oriel::server {
namespace {

constexpr image::Size kSize{100, 60};
constexpr std::size_t kRawSize = std::size_t{4} * 100 * 60;

TEST(EncoderSet, SendsRawWhereAnEncodingWouldBeLonger) {
  EncoderSet encoders;
  const auto noise = testing::make_picture(testing::PictureKind::kNoise, kSize, 3);
  for (const auto& encoding : codec::encoding_table()) {
    if (!encoding.can_encode()) continue;
    const auto payload = encoders.encode(noise.view(), {&encoding, image::kBgrx});
    EXPECT_LE(payload.bytes->size(), kRawSize) << encoding.name;
    const bool is_raw = payload.encoding->id == rfb::kEncodingRaw;
    if (encoding.name == "rre" || encoding.name == "corre") {
      EXPECT_TRUE(is_raw) << encoding.name;
    }
    EXPECT_EQ(payload.bytes->size() == kRawSize, is_raw) << encoding.name;
  }
}

TEST(EncoderSet, KeepsToTheEncodingWhereItIsShorter) {
  EncoderSet encoders;
  const image::Frame flat(kSize);
  for (const auto& encoding : codec::encoding_table()) {
    if (!encoding.can_encode()) continue;
    const auto payload = encoders.encode(flat.view(), {&encoding, image::kBgrx});
    EXPECT_EQ(payload.encoding, &encoding);
  }
}

}  // namespace
}  // namespace oriel::server

#include "oriel/core/codec/zlib_decoder.h"

#include <gmock/gmock.h>

#include "oriel/base/byte_writer.h"
#include "oriel/core/codec/deflate_block.h"
#include "oriel/core/codec/encoder.h"
#include "oriel/core/image/frame.h"
#include "oriel/testing/encoded_body.h"

namespace oriel::codec {
namespace {

using image::Frame;

constexpr image::PixelFormat kBytes{8, 8, false, true, 7, 7, 3, 5, 2, 0};

class ZlibDecoder : public ::testing::Test {
 protected:
  // The error of a rectangle of 2x2 pixels with this data; "" when it is accepted.
  std::string refusal(const Bytes& plain) {
    Bytes deflated;
    deflate_.compress(plain, deflated);
    Frame frame({2, 2});
    const auto need = decoder_->decode(body_.wrap(deflated), kBytes, frame.mutable_view());
    return need ? "" : need.error().message;
  }

  std::unique_ptr<Decoder> decoder_ = make_zlib_decoder();
  DeflateBlock deflate_;
  testing::EncodedBody body_{Framing::kSharedDeflate};
};

TEST_F(ZlibDecoder, GoesOnWithItsStream) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(refusal({1, 2, 3, 4}), "");
}

TEST_F(ZlibDecoder, RefusesTooFewPixelsAndStaysBroken) {
  EXPECT_EQ(refusal({1, 2, 3}), "zlib: the data ends in row 1 of 2");
  EXPECT_EQ(refusal({1, 2, 3, 4}), "zlib: the stream is broken");
}

TEST_F(ZlibDecoder, RefusesSurplusThatInflatesWithoutEnd) {
  EXPECT_EQ(refusal(Bytes(500000, 1)), "zlib: more data than the rectangle has pixels");
}

TEST_F(ZlibDecoder, RefusesALengthBeyondTheLimitBeforeTheBytesAreThere) {
  Frame frame({2, 2});
  const auto limit = zlib_max_body_bytes({2, 2}) - 4;
  for (const auto length : {limit, limit + 1}) {
    Bytes head;
    ByteWriter(head).u32(static_cast<std::uint32_t>(length));
    const auto need = decoder_->decode(head, kBytes, frame.mutable_view());
    if (length == limit)
      EXPECT_EQ(*need, (Need{0, limit + 4}));
    else
      EXPECT_EQ(need.error().code, ErrorCode::kTooLarge);
  }
}

}  // namespace
}  // namespace oriel::codec

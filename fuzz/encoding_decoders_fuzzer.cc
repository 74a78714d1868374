// Any bytes, as bodies of rectangles, into every decoder of the encoding table.
//
//   input := U8 row of the table, U8 format, U8 width - 1, U8 height - 1, rest
//   rest  := bodies, one after the other; for a row with bit 7 set, it is the plain data of a
//            deflate stream, which is compressed here, so that the fuzzer gets past zlib

#include <array>
#include <cstddef>
#include <cstdint>

#include "fuzz/fuzzer.h"
#include "oriel/base/byte_reader.h"
#include "oriel/core/codec/deflate_block.h"
#include "oriel/core/codec/encoding_table.h"
#include "oriel/core/image/frame.h"
#include "oriel/testing/encoded_body.h"

namespace {

using namespace oriel;

constexpr std::array<image::PixelFormat, 10> kFormats{{
    image::kBgrx,
    {32, 24, true, true, 255, 255, 255, 16, 8, 0},
    {32, 24, false, true, 255, 255, 255, 24, 16, 8},
    {32, 30, false, true, 1023, 1023, 1023, 20, 10, 0},
    {32, 16, true, true, 31, 63, 31, 11, 5, 0},
    {16, 16, false, true, 31, 63, 31, 11, 5, 0},
    {16, 15, true, true, 31, 31, 31, 10, 5, 0},
    {8, 8, false, true, 7, 7, 3, 5, 2, 0},
    {8, 8, false, false, 0, 0, 0, 0, 0, 0},
    {16, 8, true, false, 0, 0, 0, 0, 0, 0},
}};
constexpr std::size_t kBodiesMax = 20;  // keeps one input fast

// The frame around the rectangle must stay as it was.
constexpr int kMargin = 3;
constexpr std::uint32_t kMarginColour = 0xdeadbeef;

void decode_all(const codec::Encoding& encoding, const image::PixelFormat& format, image::Size size,
                ByteSpan bytes) {
  image::Frame frame({size.width + 2 * kMargin, size.height + 2 * kMargin}, kMarginColour);
  const image::Rect inside{kMargin, kMargin, size.width, size.height};
  const auto decoder = encoding.make_decoder();
  for (std::size_t body = 0; body < kBodiesMax; ++body) {
    const auto need = decoder->decode(bytes, format, {frame.mutable_view(), inside});
    if (!need) break;
    ORIEL_CHECK(need->consumed <= bytes.size());
    if (need->consumed == 0) {
      ORIEL_CHECK(need->wanted > bytes.size());
      ORIEL_CHECK(need->wanted <= encoding.max_body_bytes(size));
      break;
    }
    bytes = bytes.subspan(need->consumed);
  }
  for (int y = 0; y < frame.size().height; ++y)
    for (int x = 0; x < frame.size().width; ++x)
      if (!inside.contains(image::Point{x, y})) ORIEL_CHECK(frame.at(x, y) == kMarginColour);
}

}  // namespace

ORIEL_FUZZER(encoding_decoders, bytes, size) {
  if (size < 4) return 0;
  ByteReader reader({bytes, size});
  const auto row = reader.u8();
  const auto& format = kFormats[reader.u8() % kFormats.size()];
  const int width = 1 + reader.u8();
  const int height = 1 + reader.u8();
  const auto table = codec::encoding_table();
  const auto& encoding = table[(row & 127) % table.size()];
  const auto rest = reader.take(reader.remaining());
  if (row < 128 || encoding.framing == codec::Framing::kPlain) {
    decode_all(encoding, format, {width, height}, rest);
    return 0;
  }
  Bytes payload;
  codec::DeflateBlock().compress(rest, payload);
  decode_all(encoding, format, {width, height},
             testing::EncodedBody(encoding.framing).wrap(payload));
  return 0;
}

// Any 16 bytes as a pixel format: what check_pixel_format accepts must convert and encode without
// harm.

#include <cstddef>
#include <cstdint>

#include "fuzz/fuzzer.h"
#include "oriel/core/codec/encoding_table.h"
#include "oriel/core/image/pixel_convert.h"
#include "oriel/core/image/pixel_format.h"
#include "oriel/testing/encoded_body.h"
#include "oriel/testing/random_picture.h"

ORIEL_FUZZER(pixel_format, bytes, size) {
  using namespace oriel;
  if (size < image::kPixelFormatSize) return 0;
  ByteReader reader({bytes, size});
  const auto format = image::parse_pixel_format(reader);
  ORIEL_CHECK(!image::describe(format).empty());
  if (!image::check_pixel_format(format)) return 0;

  Bytes written;
  ByteWriter writer(written);
  image::write_pixel_format(format, writer);
  ByteReader again(written);
  ORIEL_CHECK(image::parse_pixel_format(again) == format);

  // What a viewer sees is stable: sent again, it stays as it is.
  const image::PixelConverter converter(format);
  const auto picture =
      testing::make_picture(testing::PictureKind::kMixed, {20, 10}, size > 16 ? bytes[16] : 0);
  auto seen = picture;
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 20; ++x) {
      seen.at(x, y) = converter.to_bgrx(converter.from_bgrx(picture.at(x, y)));
      ORIEL_CHECK(converter.to_bgrx(converter.from_bgrx(seen.at(x, y))) == seen.at(x, y));
    }
  }
  for (const auto& encoding : codec::encoding_table()) {
    if (!encoding.can_encode()) continue;
    Bytes payload;
    encoding.make_encoder()->encode(picture.view(), format, payload);
    const auto body = testing::EncodedBody(encoding.framing).wrap(payload);
    image::Frame decoded(picture.size());
    const auto need = encoding.make_decoder()->decode(body, format, decoded.mutable_view());
    ORIEL_CHECK(need && need->consumed == body.size() && decoded == seen);
  }
  return 0;
}

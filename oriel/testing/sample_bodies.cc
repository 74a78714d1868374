#include "oriel/testing/sample_bodies.h"

#include "oriel/core/codec/jpeg_decoder.h"
#include "oriel/core/codec/jpeg_encoder.h"
#include "oriel/core/codec/png_encoder.h"
#include "oriel/testing/encoded_body.h"
#include "oriel/testing/pixel_formats.h"
#include "oriel/testing/random_picture.h"
#include "oriel/testing/tight_writer.h"

namespace oriel::testing {
namespace {

constexpr std::int32_t kCopyRect = 1, kTight = 7, kJpeg = 21, kTightPng = -260;

image::Frame decoded(const Bytes& jpeg, image::Size size) {
  image::Frame picture(size);
  ORIEL_CHECK(codec::JpegDecoder().decode(jpeg, picture.mutable_view()));
  return picture;
}

std::vector<SampleBody> tight_bodies(image::Size size, const image::PixelFormat& format,
                                     bool has_png) {
  const auto two = make_picture(PictureKind::kTwoColours, size, 1);
  const auto few = make_picture(PictureKind::kFewColours, size, 2);
  const auto mixed = make_picture(PictureKind::kMixed, size, 3);
  const auto jpeg = codec::JpegEncoder().encode(mixed.view(), 80);
  const auto writer = [&format] { return TightWriter(format); };
  const image::Frame solid(size, 0x336699);
  std::vector<SampleBody> bodies{{writer().fill(0x336699), in_format(solid, format)},
                                 {writer().jpeg(jpeg), decoded(jpeg, size)}};
  if (has_png) {
    bodies.push_back({writer().png(codec::PngEncoder().encode(mixed.view())), mixed});
    return bodies;
  }
  bodies.push_back({writer().copy(mixed, 0), in_format(mixed, format)});
  for (const auto* picture : {&two, &few})
    if (const auto body = writer().palette(*picture, 1))
      bodies.push_back({*body, in_format(*picture, format)});
  if (format.is_true_colour && format.bits_per_pixel > 8)
    bodies.push_back({writer().gradient(mixed, 3), in_format(mixed, format)});
  return bodies;
}

}  // namespace

std::vector<SampleBody> sample_bodies(const codec::Encoding& encoding, image::Size size,
                                      const image::PixelFormat& format) {
  const auto mixed = make_picture(PictureKind::kMixed, size, 3);
  if (encoding.can_encode()) {
    Bytes payload;
    encoding.make_encoder()->encode(mixed.view(), format, payload);
    return {{EncodedBody(encoding.framing).wrap(payload), in_format(mixed, format)}};
  }
  switch (encoding.id) {
    case kCopyRect:
      return {{{0, 0, 0, 0}, image::Frame(size)}};
    case kTight:
      return tight_bodies(size, format, false);
    case kTightPng:
      return tight_bodies(size, format, true);
    case kJpeg: {
      const auto jpeg = codec::JpegEncoder().encode(mixed.view(), 80);
      return {{jpeg, decoded(jpeg, size)}};
    }
    default:
      return {};  // a test finds that there are none
  }
}

}  // namespace oriel::testing

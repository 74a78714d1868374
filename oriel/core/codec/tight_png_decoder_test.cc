#include "oriel/core/codec/tight_png_decoder.h"

#include <gmock/gmock.h>

#include "oriel/core/codec/png_encoder.h"
#include "oriel/core/image/frame.h"
#include "oriel/testing/random_picture.h"
#include "oriel/testing/tight_writer.h"

namespace oriel::codec {
namespace {

using image::Frame;
using oriel::testing::make_picture;
using oriel::testing::PictureKind;
using ::testing::HasSubstr;

std::string refusal(const Bytes& body, image::Size size) {
  Frame frame(size);
  const auto need = make_tight_png_decoder()->decode(body, image::kBgrx, frame.mutable_view());
  return need ? "accepted" : need.error().message;
}

TEST(TightPngDecoder, RefusesBasicCompressionAndWhatIsNone) {
  for (const int method : {0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
    EXPECT_EQ(refusal({static_cast<std::uint8_t>(method << 4), 0, 0, 0}, {1, 1}),
              "TightPNG: compression " + std::to_string(method) + ", expected 8 to 10");
}

TEST(TightPngDecoder, RefusesAPictureOfAnotherSize) {
  testing::TightWriter writer(image::kBgrx);
  const auto picture = make_picture(PictureKind::kText, {30, 20}, 1);
  const auto body = writer.png(PngEncoder().encode(picture.view()));
  EXPECT_EQ(refusal(body, {30, 20}), "accepted");
  EXPECT_EQ(refusal(body, {29, 20}), "PNG: 30x20 pixels in a rectangle of 29x20");
  EXPECT_EQ(refusal(body, {30, 21}), "PNG: 30x20 pixels in a rectangle of 30x21");
}

}  // namespace
}  // namespace oriel::codec

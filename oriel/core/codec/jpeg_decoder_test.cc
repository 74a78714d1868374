#include "oriel/core/codec/jpeg_decoder.h"

#include <turbojpeg.h>

#include <gmock/gmock.h>

#include "oriel/core/codec/jpeg_encoder.h"
#include "oriel/core/image/frame.h"
#include "oriel/testing/random_picture.h"

namespace oriel::codec {
namespace {

using image::Frame;
using image::Size;
using oriel::testing::make_picture;
using oriel::testing::PictureKind;
using ::testing::HasSubstr;

// A file by TurboJPEG as servers set it up.
Bytes jpeg_of(const Frame& picture, int sampling, int flags) {
  auto* handle = tjInitCompress();
  unsigned char* file = nullptr;
  unsigned long size = 0;
  EXPECT_EQ(tjCompress2(handle, picture.view().data, picture.size().width, 0, picture.size().height,
                        TJPF_BGRX, &file, &size, sampling, 85, flags),
            0);
  Bytes bytes(file, file + size);
  tjFree(file);
  tjDestroy(handle);
  return bytes;
}

// What TurboJPEG makes of it, with the pad bytes zero.
Frame turbojpeg_frame(const Bytes& file, Size size) {
  Frame frame(size);
  auto* handle = tjInitDecompress();
  EXPECT_EQ(tjDecompress2(handle, file.data(), file.size(),
                          reinterpret_cast<unsigned char*>(frame.mutable_view().data), size.width,
                          0, size.height, TJPF_BGRX, 0),
            0);
  tjDestroy(handle);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) frame.at(x, y) &= image::kColourMask;
  return frame;
}

TEST(JpegDecoder, DecodesAsTurboJpegDoesIntoAPartOfAFrame) {
  JpegDecoder decoder;
  for (const int sampling : {TJSAMP_444, TJSAMP_422, TJSAMP_420, TJSAMP_GRAY, TJSAMP_440}) {
    for (const int flags : {0, TJFLAG_PROGRESSIVE}) {
      for (const Size size : {Size{1, 1}, Size{16, 16}, Size{77, 35}}) {
        const auto file = jpeg_of(make_picture(PictureKind::kGradient, size, 1), sampling, flags);
        const auto expected = turbojpeg_frame(file, size);
        Frame frame({size.width + 4, size.height + 4}, 0xdeadbeef);
        const auto part = frame.mutable_view().crop({2, 2, size.width, size.height});
        const auto status = decoder.decode(file, part);
        ASSERT_TRUE(status.has_value()) << status.error().message;
        for (int y = -2; y < size.height + 2; ++y) {
          for (int x = -2; x < size.width + 2; ++x) {
            const bool is_inside = image::Rect::of(size).contains(image::Point{x, y});
            ASSERT_EQ(frame.at(x + 2, y + 2), is_inside ? expected.at(x, y) : 0xdeadbeef);
          }
        }
      }
    }
  }
}

TEST(JpegDecoder, IsNearToThePicture) {
  const auto picture = make_picture(PictureKind::kGradient, {64, 48}, 1);
  Frame frame(picture.size());
  ASSERT_TRUE(JpegDecoder().decode(JpegEncoder().encode(picture.view(), 95), frame.mutable_view()));
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) {
      for (const int shift : {0, 8, 16}) {
        const int is = static_cast<int>(frame.at(x, y) >> shift & 255);
        const int should_be = static_cast<int>(picture.at(x, y) >> shift & 255);
        ASSERT_NEAR(is, should_be, 8);
      }
    }
  }
}

TEST(JpegDecoder, RefusesAnotherSizeAndWhatIsNoJpeg) {
  const auto file = JpegEncoder().encode(make_picture(PictureKind::kText, {30, 20}, 1).view(), 90);
  const auto refusal = [](ByteSpan bytes, Size size) {
    Frame frame(size);
    const auto status = JpegDecoder().decode(bytes, frame.mutable_view());
    return status ? "accepted" : status.error().message;
  };
  EXPECT_EQ(refusal(file, {30, 20}), "accepted");
  EXPECT_EQ(refusal(file, {30, 21}), "JPEG: 30x20 pixels in a rectangle of 30x21");
  EXPECT_EQ(refusal(file, {31, 20}), "JPEG: 30x20 pixels in a rectangle of 31x20");
  EXPECT_THAT(refusal({}, {1, 1}), HasSubstr("JPEG: "));
  EXPECT_THAT(refusal(Bytes(50, 7), {1, 1}), HasSubstr("Not a JPEG file"));
}

}  // namespace
}  // namespace oriel::codec

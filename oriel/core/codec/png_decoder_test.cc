#include "oriel/core/codec/png_decoder.h"

#include <png.h>

#include <random>

#include <gmock/gmock.h>

#include "oriel/core/codec/png_encoder.h"
#include "oriel/core/image/frame.h"
#include "oriel/testing/random_picture.h"

namespace oriel::codec {
namespace {

using image::Frame;
using image::Size;
using oriel::testing::make_picture;
using oriel::testing::PictureKind;

// How a server may set up libpng.
struct Kind {
  int bits;
  int colour_type;
  int interlace;
};

// A file of that kind by libpng, and the picture that is in it.
std::pair<Bytes, Frame> written(const Kind& kind, Size size) {
  Bytes file;
  auto* png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  auto* info = png_create_info_struct(png);
  png_set_write_fn(
      png, &file,
      [](png_structp writer, png_bytep bytes, png_size_t count) {
        auto& out = *static_cast<Bytes*>(png_get_io_ptr(writer));
        out.insert(out.end(), bytes, bytes + count);
      },
      nullptr);
  const auto width = static_cast<png_uint_32>(size.width);
  const auto height = static_cast<png_uint_32>(size.height);
  png_set_IHDR(png, info, width, height, kind.bits, kind.colour_type, kind.interlace,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_color palette[4] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {9, 9, 9}};
  if (kind.colour_type == PNG_COLOR_TYPE_PALETTE) png_set_PLTE(png, info, palette, 4);
  png_write_info(png, info);
  const auto row_bytes = png_get_rowbytes(png, info);
  std::mt19937 random(1);
  Bytes rows(row_bytes * height);
  for (auto& byte : rows) byte = static_cast<std::uint8_t>(random());
  std::vector<png_bytep> pointers;
  for (std::size_t y = 0; y < height; ++y) pointers.push_back(rows.data() + y * row_bytes);
  png_write_image(png, pointers.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);

  Frame picture(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const auto* row = pointers[static_cast<std::size_t>(y)];
      const auto sample = [&](int channels, int channel) {
        return std::uint32_t{row[(x * channels + channel) * kind.bits / 8]};
      };
      std::uint32_t pixel = 0;
      if (kind.colour_type == PNG_COLOR_TYPE_PALETTE) {
        const auto& entry = palette[row[x / 4] >> (6 - 2 * (x % 4)) & 3];
        pixel = std::uint32_t{entry.red} << 16 | std::uint32_t{entry.green} << 8 | entry.blue;
      } else if (kind.colour_type == PNG_COLOR_TYPE_GRAY) {
        pixel = sample(1, 0) * 0x010101;
      } else {
        const int channels = kind.colour_type == PNG_COLOR_TYPE_RGB ? 3 : 4;
        for (int channel = 0; channel < 3; ++channel)
          pixel = pixel << 8 | sample(channels, channel);
      }
      picture.at(x, y) = pixel;
    }
  }
  return {file, picture};
}

TEST(PngDecoder, ReadsEveryKindOfPng) {
  for (const int interlace : {PNG_INTERLACE_NONE, PNG_INTERLACE_ADAM7}) {
    for (const Kind& kind :
         {Kind{8, PNG_COLOR_TYPE_RGB, interlace}, Kind{8, PNG_COLOR_TYPE_RGBA, interlace},
          Kind{16, PNG_COLOR_TYPE_RGB, interlace}, Kind{8, PNG_COLOR_TYPE_GRAY, interlace},
          Kind{2, PNG_COLOR_TYPE_PALETTE, interlace}}) {
      for (const Size size : {Size{1, 1}, Size{4, 3}, Size{67, 45}}) {
        const auto [file, picture] = written(kind, size);
        Frame frame(size, 0xffffffff);
        const auto status = decode_png(file, frame.mutable_view());
        ASSERT_TRUE(status.has_value()) << status.error().message;
        EXPECT_TRUE(frame == picture) << kind.bits << " " << kind.colour_type << " " << interlace;
      }
    }
  }
}

TEST(PngDecoder, RefusesEveryTruncation) {
  const auto picture = make_picture(PictureKind::kText, {30, 20}, 1);
  const auto file = PngEncoder().encode(picture.view());
  Frame frame({30, 20});
  ASSERT_TRUE(decode_png(file, frame.mutable_view()));
  EXPECT_TRUE(frame == picture);
  const auto end_chunk = 12;
  for (std::size_t size = 0; size < file.size() - end_chunk - 4; ++size)
    EXPECT_FALSE(decode_png(ByteSpan(file).first(size), frame.mutable_view())) << size;
}

}  // namespace
}  // namespace oriel::codec

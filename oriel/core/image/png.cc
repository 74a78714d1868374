#include "oriel/core/image/png.h"

#include <fmt/format.h>
#include <png.h>

#include <string>

#include "oriel/base/check.h"

namespace oriel::image {
namespace {

// libpng's simplified interface: it keeps its longjmp to itself.
struct Png {
  Png() { image.version = PNG_IMAGE_VERSION; }
  ~Png() { png_image_free(&image); }
  Png(const Png&) = delete;
  Png& operator=(const Png&) = delete;

  png_image image{};
};

std::unexpected<Error> invalid(const Png& png) {
  return fail(ErrorCode::kInvalid, std::string("PNG: ") + png.image.message);
}

bool is_opaque(const RgbaImage& image) {
  std::uint8_t all = 0xff;
  for (std::size_t i = 3; i < image.pixels.size(); i += 4) all &= image.pixels[i];
  return all == 0xff;
}

}  // namespace

Result<RgbaImage> parse_png(ByteSpan file, std::int64_t max_pixels) {
  Png png;
  if (png_image_begin_read_from_memory(&png.image, file.data(), file.size()) == 0)
    return invalid(png);
  const auto pixels = std::int64_t{png.image.width} * std::int64_t{png.image.height};
  if (pixels > max_pixels) {
    return fail(ErrorCode::kTooLarge, fmt::format("PNG: {}x{} pixels, at most {} in all",
                                                  png.image.width, png.image.height, max_pixels));
  }
  png.image.format = PNG_FORMAT_RGBA;
  RgbaImage image;
  image.size = {static_cast<int>(png.image.width), static_cast<int>(png.image.height)};
  image.pixels.resize(PNG_IMAGE_SIZE(png.image));
  if (png_image_finish_read(&png.image, nullptr, image.pixels.data(), 0, nullptr) == 0)
    return invalid(png);
  return image;
}

Bytes write_png(const RgbaImage& image) {
  ORIEL_CHECK(image.size.area() > 0 &&
              image.pixels.size() == static_cast<std::size_t>(image.size.area()) * 4);
  Png png;
  png.image.width = static_cast<png_uint_32>(image.size.width);
  png.image.height = static_cast<png_uint_32>(image.size.height);
  png.image.flags = PNG_IMAGE_FLAG_FAST;
  const std::uint8_t* pixels = image.pixels.data();
  Bytes rgb;
  if (is_opaque(image)) {
    rgb.reserve(image.pixels.size() / 4 * 3);
    for (std::size_t i = 0; i < image.pixels.size(); i += 4)
      rgb.insert(rgb.end(), pixels + i, pixels + i + 3);
    pixels = rgb.data();
  }
  png.image.format = rgb.empty() ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
  Bytes file(PNG_IMAGE_PNG_SIZE_MAX(png.image));
  png_alloc_size_t bytes = file.size();
  ORIEL_CHECK(png_image_write_to_memory(&png.image, file.data(), &bytes, 0, pixels, 0, nullptr) !=
              0);
  file.resize(bytes);
  return file;
}

}  // namespace oriel::image

#include "oriel/testing/pixel_formats.h"

#include "oriel/core/image/pixel_convert.h"

namespace oriel::testing {

image::Frame in_format(const image::Frame& picture, const image::PixelFormat& format) {
  const image::PixelConverter converter(format);
  image::Frame result = picture;
  for (int y = 0; y < picture.size().height; ++y)
    for (int x = 0; x < picture.size().width; ++x)
      result.at(x, y) = converter.to_bgrx(converter.from_bgrx(picture.at(x, y)));
  return result;
}

}  // namespace oriel::testing

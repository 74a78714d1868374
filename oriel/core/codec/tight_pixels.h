#pragma once
// The pixel of Tight: three bytes for colours of 8 bits each, whatever their shifts and byte order.

#include <cstdint>
#include <cstring>

#include "oriel/core/image/pixel_convert.h"

namespace oriel::codec {

// True when a TPIXEL is U8 red, green, blue, and not a PIXEL.
constexpr bool is_tight_rgb(const image::PixelFormat& format) {
  return format.is_true_colour && format.bits_per_pixel == 32 && format.depth == 24 &&
         format.red_max == 255 && format.green_max == 255 && format.blue_max == 255;
}

// TPIXELs of one format to BGRX. Immutable.
class TightPixels {
 public:
  explicit TightPixels(const image::PixelFormat& format)
      : converter_(format), is_rgb_(is_tight_rgb(format)) {}

  const image::PixelFormat& format() const { return converter_.format(); }
  bool is_rgb() const { return is_rgb_; }
  // Of one TPIXEL.
  std::size_t bytes() const {
    return is_rgb_ ? 3 : static_cast<std::size_t>(converter_.bytes_per_pixel());
  }

  // The pixel at `from`.
  std::uint32_t restore(const std::uint8_t* from) const {
    std::uint32_t bgrx;
    restore_row(from, &bgrx, 1);
    return bgrx;
  }
  void restore_row(const std::uint8_t* from, std::uint32_t* bgrx, int count) const;

 private:
  image::PixelConverter converter_;
  bool is_rgb_;
};

}  // namespace oriel::codec

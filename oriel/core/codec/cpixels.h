#pragma once
// CPIXELs (cpixel.h) of one format to BGRX.

#include <cstdint>

#include "oriel/core/codec/cpixel.h"
#include "oriel/core/image/pixel_convert.h"

namespace oriel::codec {

// Immutable.
class Cpixels {
 public:
  explicit Cpixels(const image::PixelFormat& format)
      : converter_(format),
        layout_(cpixel_layout(format)),
        is_bgr_(layout_.bytes == 3 && layout_.shift == 0 && converter_.is_identity()) {}

  const image::PixelFormat& format() const { return converter_.format(); }
  // Of one CPIXEL.
  std::size_t bytes() const { return static_cast<std::size_t>(layout_.bytes); }

  // The pixel at `from`.
  std::uint32_t restore(const std::uint8_t* from) const {
    if (is_bgr_)
      return std::uint32_t{from[0]} | std::uint32_t{from[1]} << 8 | std::uint32_t{from[2]} << 16;
    return converter_.to_bgrx(image::load_wire_word(from, layout_.bytes) << layout_.shift);
  }
  void restore_row(const std::uint8_t* from, std::uint32_t* bgrx, int count) const;

 private:
  image::PixelConverter converter_;
  CpixelLayout layout_;
  bool is_bgr_;  // three bytes of our own pixels
};

}  // namespace oriel::codec

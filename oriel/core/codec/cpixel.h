#pragma once
// The compressed pixel of TRLE and ZRLE (RFC 6143, 7.7.5): a 32-bit pixel leaves out the byte that
// no colour uses; smaller ones, and numbers in a colour map, are sent whole.

#include <cstdint>

#include "oriel/core/image/pixel_format.h"

namespace oriel::codec {

// Which bytes of a wire word (see image::PixelConverter) are sent: `bytes` of them, the first of
// them `shift` bits up.
struct CpixelLayout {
  int bytes = 4;
  int shift = 0;
};

// Three bytes when the depth is at most 24 and the colours fit into the three least significant
// bytes, or else into the three most significant ones.
constexpr CpixelLayout cpixel_layout(const image::PixelFormat& format) {
  if (format.bits_per_pixel != 32 || !format.is_true_colour) return {format.bytes_per_pixel(), 0};
  const std::uint32_t used = std::uint32_t{format.red_max} << format.red_shift |
                             std::uint32_t{format.green_max} << format.green_shift |
                             std::uint32_t{format.blue_max} << format.blue_shift;
  if (format.depth > 24) return {4, 0};
  if ((used & 0xff000000) == 0) return {3, format.is_big_endian ? 8 : 0};
  if ((used & 0x000000ff) == 0) return {3, format.is_big_endian ? 0 : 8};
  return {4, 0};
}

}  // namespace oriel::codec

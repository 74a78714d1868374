#pragma once
// Pixels between our BGRX and the format of a viewer (32-bit true colour).

#include <array>
#include <cstdint>

#include "oriel/core/image/frame_view.h"
#include "oriel/core/image/pixel_format.h"

namespace oriel::image {

// Turns BGRX words into the four bytes that a viewer with one format expects, and back. Immutable;
// any thread. Channels are scaled to the format's maxima, rounded to the nearest. 3 KB of tables:
// keep one per format rather than making one per rectangle.
class PixelConverter {
 public:
  // `format` has passed check_pixel_format.
  explicit PixelConverter(const PixelFormat& format);

  const PixelFormat& format() const { return format_; }

  // The native word whose little-endian bytes are the viewer's bytes.
  std::uint32_t from_bgrx(std::uint32_t pixel) const {
    return red_[pixel >> 16 & 0xff] | green_[pixel >> 8 & 0xff] | blue_[pixel & 0xff];
  }
  // Bits of the wire word that belong to no colour are ignored; the pad byte of the result is zero.
  std::uint32_t to_bgrx(std::uint32_t wire_word) const;

  // True when the viewer's bytes are our bytes, the pad byte masked.
  bool is_identity() const { return is_identity_; }

  // Converts `count` pixels from unaligned BGRX bytes to 4-byte pixels at `to`.
  void convert_row(const std::uint8_t* bgrx, std::uint8_t* to, int count) const;

 private:
  PixelFormat format_;
  bool is_identity_;
  bool is_plain_;  // 8-bit channels: only shifts and byte order differ
  // The wire word of each value of one 8-bit channel, the others zero.
  std::array<std::uint32_t, 256> red_, green_, blue_;
};

}  // namespace oriel::image

#pragma once
// Pixels between our BGRX and the format of a viewer.

#include <array>
#include <cstdint>

#include "oriel/core/image/colour_map.h"
#include "oriel/core/image/frame_view.h"
#include "oriel/core/image/pixel_format.h"

namespace oriel::image {

// Turns BGRX words into the 1, 2 or 4 bytes that a viewer with one format expects, and back.
// Immutable; any thread. Channels are scaled to the format's maxima, rounded to the nearest; colour
// map formats get the nearest entry of the standard map. 4 KB of tables: keep one per format rather
// than making one per rectangle.
class PixelConverter {
 public:
  // `format` has passed check_pixel_format.
  explicit PixelConverter(const PixelFormat& format);

  const PixelFormat& format() const { return format_; }
  int bytes_per_pixel() const { return format_.bytes_per_pixel(); }

  // The wire word: the native word whose first little-endian bytes are the viewer's bytes, the
  // others zero.
  std::uint32_t from_bgrx(std::uint32_t pixel) const {
    if (is_mapped_) return red_[nearest_colour(pixel)];
    return red_[pixel >> 16 & 0xff] | green_[pixel >> 8 & 0xff] | blue_[pixel & 0xff];
  }
  // Bits of the wire word that belong to no colour are ignored; the pad byte of the result is zero.
  std::uint32_t to_bgrx(std::uint32_t wire_word) const;

  // True when the viewer's bytes are our bytes, the pad byte masked.
  bool is_identity() const { return is_identity_; }

  // Converts `count` pixels from unaligned BGRX bytes to wire words.
  void convert_words(const std::uint8_t* bgrx, std::uint32_t* to, int count) const;
  // The same to the viewer's bytes at `to`, bytes_per_pixel() each.
  void convert_row(const std::uint8_t* bgrx, std::uint8_t* to, int count) const;
  // Converts `count` pixels of the viewer's bytes to BGRX.
  void restore_row(const std::uint8_t* from, std::uint32_t* bgrx, int count) const;

 private:
  // The pixel as the format's own number.
  std::uint32_t native(std::uint32_t wire_word) const;

  PixelFormat format_;
  bool is_mapped_;  // there is a colour map; red_ has the wire words of its entries
  bool is_identity_ = false;
  bool is_plain_ = false;  // 8-bit channels: only shifts and byte order differ
  bool is_small_ = false;  // no channel has more than 8 bits
  // The wire word of each value of one 8-bit channel, the others zero.
  std::array<std::uint32_t, 256> red_{}, green_{}, blue_{};
  // The 8-bit value of each value of a channel, if is_small_.
  std::array<std::uint8_t, 256> red_back_{}, green_back_{}, blue_back_{};
};

// The pixel of `bytes` (1 to 4) bytes at `from`, as a wire word.
inline std::uint32_t load_wire_word(const std::uint8_t* from, int bytes) {
  std::uint32_t word = 0;
  for (int i = 0; i < bytes; ++i) word |= std::uint32_t{from[i]} << (8 * i);
  return word;
}

}  // namespace oriel::image

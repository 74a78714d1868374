#include "oriel/core/image/pixel_convert.h"

#include <bit>
#include <cstring>

#include "oriel/base/check.h"

static_assert(std::endian::native == std::endian::little, "BGRX words are read with memcpy");

namespace oriel::image {
namespace {

// std::byteswap is missing in the library of g++ 12.
std::uint32_t byte_swapped(std::uint32_t word) {
  return word >> 24 | (word >> 8 & 0xff00) | (word << 8 & 0xff0000) | word << 24;
}

std::array<std::uint32_t, 256> channel_table(std::uint32_t max, int shift, bool is_big_endian) {
  std::array<std::uint32_t, 256> table;
  for (std::uint32_t value = 0; value < 256; ++value) {
    const std::uint32_t scaled = (value * max + 127) / 255;
    table[value] = is_big_endian ? byte_swapped(scaled << shift) : scaled << shift;
  }
  return table;
}

// The 8-bit value of the channel of `native` (the pixel as the format's own number).
std::uint32_t channel_value(std::uint32_t native, std::uint32_t max, int shift) {
  return ((native >> shift & max) * 255 + max / 2) / max;
}

}  // namespace

PixelConverter::PixelConverter(const PixelFormat& format)
    : format_(format),
      red_(channel_table(format.red_max, format.red_shift, format.is_big_endian)),
      green_(channel_table(format.green_max, format.green_shift, format.is_big_endian)),
      blue_(channel_table(format.blue_max, format.blue_shift, format.is_big_endian)) {
  ORIEL_CHECK(check_pixel_format(format).has_value());
  is_plain_ = format.red_max == 255 && format.green_max == 255 && format.blue_max == 255;
  is_identity_ = is_plain_ && red_[255] == 0xff0000 && green_[255] == 0xff00 && blue_[255] == 0xff;
}

std::uint32_t PixelConverter::to_bgrx(std::uint32_t wire_word) const {
  if (is_identity_) return wire_word & kColourMask;
  const std::uint32_t native = format_.is_big_endian ? byte_swapped(wire_word) : wire_word;
  if (is_plain_)
    return (native >> format_.red_shift & 0xff) << 16 |
           (native >> format_.green_shift & 0xff) << 8 | (native >> format_.blue_shift & 0xff);
  return channel_value(native, format_.red_max, format_.red_shift) << 16 |
         channel_value(native, format_.green_max, format_.green_shift) << 8 |
         channel_value(native, format_.blue_max, format_.blue_shift);
}

void PixelConverter::convert_row(const std::uint8_t* bgrx, std::uint8_t* to, int count) const {
  for (int x = 0; x < count; ++x) {
    std::uint32_t pixel;
    std::memcpy(&pixel, bgrx + 4 * std::ptrdiff_t{x}, 4);
    pixel = is_identity_ ? pixel & kColourMask : from_bgrx(pixel);
    std::memcpy(to + 4 * std::ptrdiff_t{x}, &pixel, 4);
  }
}

}  // namespace oriel::image

#include "oriel/core/codec/tight_pixels.h"

namespace oriel::codec {

void TightPixels::restore_row(const std::uint8_t* from, std::uint32_t* bgrx, int count) const {
  if (!is_rgb_) {
    converter_.restore_row(from, bgrx, count);
    return;
  }
  // A word at a time, but for the last pixel, which may have nothing behind it.
  for (; count > 1; --count, from += 3, ++bgrx) {
    std::uint32_t word;
    std::memcpy(&word, from, 4);
    *bgrx = __builtin_bswap32(word) >> 8;
  }
  if (count > 0)
    *bgrx = std::uint32_t{from[0]} << 16 | std::uint32_t{from[1]} << 8 | std::uint32_t{from[2]};
}

}  // namespace oriel::codec

#include "oriel/core/codec/cpixels.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace oriel::codec {
namespace {

// Three bytes each to words. A word at a time, but for the last one, which may have nothing behind
// it.
void load_threes(const std::uint8_t* from, std::uint32_t* words, int count) {
  for (; count > 1; --count, from += 3, ++words) {
    std::uint32_t word;
    std::memcpy(&word, from, 4);
    *words = word & 0x00ffffff;
  }
  if (count > 0) *words = image::load_wire_word(from, 3);
}

}  // namespace

void Cpixels::restore_row(const std::uint8_t* from, std::uint32_t* bgrx, int count) const {
  if (layout_.bytes != 3) {
    converter_.restore_row(from, bgrx, count);
  } else if (is_bgr_) {
    load_threes(from, bgrx, count);
  } else {
    std::array<std::uint32_t, 64> words;
    while (count > 0) {
      const int some = std::min(count, static_cast<int>(words.size()));
      load_threes(from, words.data(), some);
      for (int i = 0; i < some; ++i) words[i] <<= layout_.shift;
      converter_.restore_row(reinterpret_cast<const std::uint8_t*>(words.data()), bgrx, some);
      from += std::ptrdiff_t{3} * some;
      bgrx += some;
      count -= some;
    }
  }
}

}  // namespace oriel::codec

#pragma once
// Rows of indexes into a palette, several to a byte, the leftmost in its highest bits: as Tight,
// TRLE and ZRLE have them.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace oriel::codec {

// Rows of 1-bit indexes: four pixels at a time.
class TwoColourRows {
 public:
  TwoColourRows(std::uint32_t colour0, std::uint32_t colour1) {
    for (std::size_t bits = 0; bits < fours_.size(); ++bits)
      for (std::size_t i = 0; i < 4; ++i) fours_[bits][i] = bits >> (3 - i) & 1 ? colour1 : colour0;
  }

  // Reads (count + 7) / 8 bytes.
  void expand(const std::uint8_t* packed, std::uint32_t* to, int count) const {
    for (; count >= 8; count -= 8, ++packed, to += 8) {
      std::memcpy(to, fours_[*packed >> 4].data(), 16);
      std::memcpy(to + 4, fours_[*packed & 15].data(), 16);
    }
    if (count == 0) return;
    std::memcpy(to, fours_[*packed >> 4].data(), std::size_t{4} * std::min(count, 4));
    if (count > 4) std::memcpy(to + 4, fours_[*packed & 15].data(), std::size_t{4} * (count - 4));
  }

 private:
  std::array<std::array<std::uint32_t, 4>, 16> fours_;
};

// A row of indexes of kBits bits (2, 4 or 8); returns the largest of them. `palette` has a colour
// for every index that there can be.
template <int kBits>
int expand_indexes(const std::uint8_t* packed, const std::uint32_t* palette, std::uint32_t* to,
                   int count) {
  constexpr int kPerByte = 8 / kBits;
  int largest = 0;
  const auto expand = [&](int byte, int i) {
    const int index = byte >> (8 - kBits * (i + 1)) & ((1 << kBits) - 1);
    largest = std::max(largest, index);
    to[i] = palette[index];
  };
  for (; count >= kPerByte; count -= kPerByte, to += kPerByte) {
    const int byte = *packed++;
    for (int i = 0; i < kPerByte; ++i) expand(byte, i);
  }
  for (int i = 0; i < count; ++i) expand(*packed, i);
  return largest;
}

}  // namespace oriel::codec

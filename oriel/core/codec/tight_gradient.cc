#include "oriel/core/codec/tight_gradient.h"

#include <algorithm>
#include <array>

#include "oriel/base/check.h"
#include "oriel/core/codec/tight_pixels.h"

namespace oriel::codec {
namespace {

// What a channel is expected to be.
int predicted(int left, int above, int above_left, int max) {
  return std::clamp(left + above - above_left, 0, max);
}

// A pixel of the wire, as the format's own number.
template <int kBytes>
std::uint32_t load_number(const std::uint8_t* from, bool is_big_endian) {
  std::uint32_t number = 0;
  for (int i = 0; i < kBytes; ++i)
    number |= std::uint32_t{from[i]} << 8 * (is_big_endian ? kBytes - 1 - i : i);
  return number;
}

template <int kBytes>
void store_number(std::uint32_t number, bool is_big_endian, std::uint8_t* to) {
  for (int i = 0; i < kBytes; ++i)
    to[i] = static_cast<std::uint8_t>(number >> 8 * (is_big_endian ? kBytes - 1 - i : i));
}

}  // namespace

void TightGradient::begin(const image::PixelFormat& format, int width) {
  ORIEL_CHECK(format.is_true_colour && format.bits_per_pixel >= 16);
  format_ = format;
  width_ = width;
  above_.assign(std::size_t{3} * width, 0);
}

void TightGradient::restore_row(std::uint8_t* row) {
  if (is_tight_rgb(format_)) {
    restore_rgb(row);
  } else if (format_.bits_per_pixel == 32) {
    restore_pixels<4>(row);
  } else {
    restore_pixels<2>(row);
  }
}

void TightGradient::restore_rgb(std::uint8_t* row) {
  std::array<int, 3> left{}, above_left{};
  auto* above = above_.data();
  for (int x = 0; x < width_; ++x, row += 3, above += 3) {
    for (int channel = 0; channel < 3; ++channel) {
      const int expected = predicted(left[channel], above[channel], above_left[channel], 255);
      above_left[channel] = above[channel];
      left[channel] = (expected + row[channel]) & 255;
      row[channel] = static_cast<std::uint8_t>(left[channel]);
      above[channel] = row[channel];
    }
  }
}

template <int kBytes>
void TightGradient::restore_pixels(std::uint8_t* row) {
  const std::array<std::uint32_t, 3> max{format_.red_max, format_.green_max, format_.blue_max};
  const std::array<int, 3> shift{format_.red_shift, format_.green_shift, format_.blue_shift};
  std::array<int, 3> left{}, above_left{};
  auto* above = above_.data();
  for (int x = 0; x < width_; ++x, row += kBytes, above += 3) {
    const auto differences = load_number<kBytes>(row, format_.is_big_endian);
    std::uint32_t number = 0;
    for (int channel = 0; channel < 3; ++channel) {
      const int top = static_cast<int>(max[channel]);
      const int expected = predicted(left[channel], above[channel], above_left[channel], top);
      above_left[channel] = above[channel];
      const int difference = static_cast<int>(differences >> shift[channel] & max[channel]);
      left[channel] = (expected + difference) & top;
      above[channel] = static_cast<std::uint16_t>(left[channel]);
      number |= static_cast<std::uint32_t>(left[channel]) << shift[channel];
    }
    store_number<kBytes>(number, format_.is_big_endian, row);
  }
}

}  // namespace oriel::codec

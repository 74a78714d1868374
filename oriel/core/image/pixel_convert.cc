#include "oriel/core/image/pixel_convert.h"

#include <algorithm>
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

// Swaps the format's number and the wire word. `format` is big endian.
std::uint32_t swapped(std::uint32_t word, const PixelFormat& format) {
  return byte_swapped(word) >> (32 - format.bits_per_pixel);
}

std::uint32_t to_wire(std::uint32_t native, const PixelFormat& format) {
  return format.is_big_endian ? swapped(native, format) : native;
}

std::uint32_t scaled_up(std::uint32_t value, std::uint32_t max) {
  return (value * 255 + max / 2) / max;
}

std::array<std::uint32_t, 256> channel_table(const PixelFormat& format, std::uint32_t max,
                                             int shift) {
  std::array<std::uint32_t, 256> table;
  for (std::uint32_t value = 0; value < 256; ++value)
    table[value] = to_wire((value * max + 127) / 255 << shift, format);
  return table;
}

std::array<std::uint8_t, 256> back_table(std::uint32_t max) {
  std::array<std::uint8_t, 256> table{};
  for (std::uint32_t value = 0; value <= std::min(max, 255u); ++value)
    table[value] = static_cast<std::uint8_t>(scaled_up(value, max));
  return table;
}

std::uint32_t load_bgrx(const std::uint8_t* bgrx, int x) {
  std::uint32_t pixel;
  std::memcpy(&pixel, bgrx + 4 * std::ptrdiff_t{x}, 4);
  return pixel;
}

// Stores the first kBytes bytes of word_of(x), for each x.
template <int kBytes, typename WordOf>
void store_row(std::uint8_t* to, int count, WordOf word_of) {
  for (int x = 0; x < count; ++x) {
    const std::uint32_t word = word_of(x);
    std::memcpy(to + std::ptrdiff_t{kBytes} * x, &word, kBytes);
  }
}

template <int kBytes, typename Take>
void load_row(const std::uint8_t* from, int count, Take take) {
  for (int x = 0; x < count; ++x) {
    std::uint32_t word = 0;
    std::memcpy(&word, from + std::ptrdiff_t{kBytes} * x, kBytes);
    take(x, word);
  }
}

}  // namespace

PixelConverter::PixelConverter(const PixelFormat& format)
    : format_(format), is_mapped_(!format.is_true_colour) {
  ORIEL_CHECK(check_pixel_format(format).has_value());
  if (is_mapped_) {
    for (std::uint32_t entry = 0; entry < 256; ++entry) red_[entry] = to_wire(entry, format);
    return;
  }
  red_ = channel_table(format, format.red_max, format.red_shift);
  green_ = channel_table(format, format.green_max, format.green_shift);
  blue_ = channel_table(format, format.blue_max, format.blue_shift);
  is_plain_ = format.red_max == 255 && format.green_max == 255 && format.blue_max == 255;
  is_identity_ = is_plain_ && red_[255] == 0xff0000 && green_[255] == 0xff00 && blue_[255] == 0xff;
  is_small_ = format.red_max <= 255 && format.green_max <= 255 && format.blue_max <= 255;
  red_back_ = back_table(format.red_max);
  green_back_ = back_table(format.green_max);
  blue_back_ = back_table(format.blue_max);
}

std::uint32_t PixelConverter::native(std::uint32_t wire_word) const {
  return format_.is_big_endian ? swapped(wire_word, format_) : wire_word;
}

std::uint32_t PixelConverter::to_bgrx(std::uint32_t wire_word) const {
  if (is_identity_) return wire_word & kColourMask;
  const std::uint32_t number = native(wire_word);
  if (is_mapped_) return standard_colour_map()[number & 0xff];
  const std::uint32_t red = number >> format_.red_shift & format_.red_max;
  const std::uint32_t green = number >> format_.green_shift & format_.green_max;
  const std::uint32_t blue = number >> format_.blue_shift & format_.blue_max;
  if (is_plain_) return red << 16 | green << 8 | blue;
  if (is_small_)
    return std::uint32_t{red_back_[red]} << 16 | std::uint32_t{green_back_[green]} << 8 |
           blue_back_[blue];
  return scaled_up(red, format_.red_max) << 16 | scaled_up(green, format_.green_max) << 8 |
         scaled_up(blue, format_.blue_max);
}

void PixelConverter::convert_words(const std::uint8_t* bgrx, std::uint32_t* to, int count) const {
  if (is_identity_) {
    for (int x = 0; x < count; ++x) to[x] = load_bgrx(bgrx, x) & kColourMask;
  } else {
    for (int x = 0; x < count; ++x) to[x] = from_bgrx(load_bgrx(bgrx, x));
  }
}

void PixelConverter::convert_row(const std::uint8_t* bgrx, std::uint8_t* to, int count) const {
  const auto word_of = [&](int x) { return from_bgrx(load_bgrx(bgrx, x)); };
  if (is_identity_)
    store_row<4>(to, count, [&](int x) { return load_bgrx(bgrx, x) & kColourMask; });
  else if (bytes_per_pixel() == 4)
    store_row<4>(to, count, word_of);
  else if (bytes_per_pixel() == 2)
    store_row<2>(to, count, word_of);
  else
    store_row<1>(to, count, word_of);
}

void PixelConverter::restore_row(const std::uint8_t* from, std::uint32_t* bgrx, int count) const {
  const auto take = [&](int x, std::uint32_t word) { bgrx[x] = to_bgrx(word); };
  if (is_identity_)
    load_row<4>(from, count, [&](int x, std::uint32_t word) { bgrx[x] = word & kColourMask; });
  else if (bytes_per_pixel() == 4)
    load_row<4>(from, count, take);
  else if (bytes_per_pixel() == 2)
    load_row<2>(from, count, take);
  else
    load_row<1>(from, count, take);
}

}  // namespace oriel::image

#pragma once
// How a viewer wants its pixels (RFC 6143, 7.4 "Pixel Format Data Structure"), 16 bytes on the
// wire.

#include <cstdint>
#include <string>

#include "oriel/base/byte_reader.h"
#include "oriel/base/byte_writer.h"
#include "oriel/base/result.h"

namespace oriel::image {

struct PixelFormat {
  std::uint8_t bits_per_pixel = 32;
  std::uint8_t depth = 24;
  bool is_big_endian = false;
  bool is_true_colour = true;
  std::uint16_t red_max = 255;
  std::uint16_t green_max = 255;
  std::uint16_t blue_max = 255;
  std::uint8_t red_shift = 16;
  std::uint8_t green_shift = 8;
  std::uint8_t blue_shift = 0;

  int bytes_per_pixel() const { return bits_per_pixel / 8; }

  friend bool operator==(const PixelFormat&, const PixelFormat&) = default;
  friend auto operator<=>(const PixelFormat&, const PixelFormat&) = default;
};

// The format of every frame inside Oriel: 32 bits, BGRX in memory.
inline constexpr PixelFormat kBgrx{};

inline constexpr std::size_t kPixelFormatSize = 16;

// Reads 16 bytes; says nothing about whether the format makes sense.
PixelFormat parse_pixel_format(ByteReader& reader);
void write_pixel_format(const PixelFormat& format, ByteWriter& writer);

// Refuses what cannot be a format: kInvalid. And colour maps of less than 256 colours:
// kUnsupported. What a colour map format says about maxima and shifts means nothing.
Status check_pixel_format(const PixelFormat& format);

// For logs and error sentences: "32 bpp, depth 24, little endian, rgb 255/255/255 << 16/8/0".
std::string describe(const PixelFormat& format);

}  // namespace oriel::image

#pragma once
// Tight (rfbproto.rst, "Tight Encoding") and TightPNG: what encoder and decoder must agree on.
//
//   body := U8 control, and what its high four bits say:
//     0sff   basic, s: the stream's number in bits 4 and 5; bit 6: U8 filter, or else copy
//              copy      TPIXEL of each pixel
//              palette   U8 colours - 1, as many TPIXELs; then indexes: for two colours of 1 bit,
//              the
//                        highest first, rows padded to bytes; for more of 8 bits
//              gradient  as copy, but of each channel what it is more than its neighbours let
//              expect
//            fewer than 12 bytes of pixels or indexes stand as they are, more as length, zlib data
//     8      fill: one TPIXEL for all
//     9      JPEG: length, a JFIF file
//     10     PNG: length, a PNG file; only TightPNG has it, and no basic
//   Its low four bits say which zlib streams begin anew, before anything else.
//   length := U8 with bits 0..6, U8 with bits 7..13, U8 with bits 14..21; bit 7 of the first two
//   says
//             that another one follows
//   TPIXEL := PIXEL, or U8 red, green, blue (see tight_pixels.h)

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "oriel/core/image/rect.h"

namespace oriel::codec::tight {

inline constexpr int kStreams = 4;

inline constexpr int kFilterFollows = 4;  // of the high four bits
inline constexpr int kFill = 8;
inline constexpr int kJpeg = 9;
inline constexpr int kPng = 10;

inline constexpr int kCopyFilter = 0;
inline constexpr int kPaletteFilter = 1;
inline constexpr int kGradientFilter = 2;

inline constexpr std::size_t kPlainMax = 11;  // bytes that are not compressed
inline constexpr std::size_t kPaletteMax = 256;
inline constexpr std::size_t kLengthMax = (1 << 22) - 1;

// What servers may send at once; viewers have buffers for no more.
inline constexpr int kMaxWidth = 2048;

// The most zlib data for `plain` bytes; the slack is for servers that flush more than they must.
constexpr std::size_t max_deflated_bytes(std::size_t plain) {
  return std::min(kLengthMax, plain + plain / 8 + 1024);
}

// The most that a picture file of the size can need: JPEG at its worst has 6 bytes for each pixel
// of its blocks of 16x16, PNG has 8. And room for what else such files hold.
constexpr std::size_t max_picture_bytes(image::Size size) {
  const auto padded = [](int side) { return (static_cast<std::size_t>(side) + 15) / 16 * 16; };
  return std::min(kLengthMax, padded(size.width) * padded(size.height) * 8 + 64 * 1024);
}

// The most that a rectangle can need as a body.
constexpr std::size_t max_body_bytes(image::Size size) {
  constexpr std::size_t kHead = 1 + 1 + 1 + 4 * kPaletteMax + 3;
  return kHead + std::max(max_picture_bytes(size),
                          max_deflated_bytes(static_cast<std::size_t>(size.area()) * 4));
}

}  // namespace oriel::codec::tight

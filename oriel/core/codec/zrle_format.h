#pragma once
// ZRLE (RFC 6143, 7.7.6): what encoder and decoder must agree on.
//
//   body := U32 length, zlib data of that length; its plain bytes are tiles of 64x64 pixels (less
//   at
//           the right and bottom edges), rows of tiles from the top, each
//     0         CPIXEL of each pixel
//     1         one CPIXEL for all
//     2..16     that many CPIXELs, then indexes of 1, 2 or 4 bits, rows padded to bytes
//     128       runs: CPIXEL, length
//     130..255  palette of (n - 128) CPIXELs, then runs: index, or 128 + index and length
//   length := bytes that sum up to one less than the length of the run; all but the last are 255

#include <cstddef>
#include <cstdint>

#include "oriel/core/image/rect.h"

namespace oriel::codec::zrle {

inline constexpr int kTileSize = 64;
inline constexpr int kTilePixels = kTileSize * kTileSize;

inline constexpr int kRaw = 0;
inline constexpr int kSolid = 1;
inline constexpr int kPackedPaletteMax = 16;
inline constexpr int kPlainRuns = 128;
inline constexpr int kPaletteRuns = 128;  // plus the size of the palette
inline constexpr int kPaletteMax = 127;

// The longest valid tile: a run of its own for each pixel, each with a CPIXEL of 4 bytes, or, when
// it has few pixels, a palette that is larger than it.
inline constexpr std::size_t kMaxTileBytes = 1 + 4 * kPaletteMax + 5 * kTilePixels;

// Bits of an index into a packed palette.
constexpr int packed_bits(int palette_size) {
  return palette_size <= 2 ? 1 : palette_size <= 4 ? 2 : 4;
}

// The most that a rectangle can need as a body: raw tiles that zlib cannot compress. The slack is
// for servers whose deflate is set up to waste more than ours.
constexpr std::size_t max_body_bytes(image::Size size) {
  const auto count = static_cast<std::size_t>(size.area());
  const std::size_t tiles = 1 + count / 32;  // also of a picture of one column
  const std::size_t plain = 4 * count + tiles;
  return 4 + plain + plain / 8 + 1024;
}

}  // namespace oriel::codec::zrle

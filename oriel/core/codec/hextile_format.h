#pragma once
// Hextile (RFC 6143, 7.7.4): what encoder and decoder must agree on. Tiles of 16x16 pixels (less at
// the right and bottom edges), rows of tiles from the top, each
//
//   U8 flags
//   raw:    PIXEL of each pixel; no other flag counts
//   else:   background PIXEL if flagged, or else that of the tile before
//           foreground PIXEL if flagged, or else that of the tile before
//           if there are subrectangles: U8 count, and for each
//             PIXEL if they are coloured, or else they have the foreground
//             U8 x << 4 | y, U8 (width - 1) << 4 | (height - 1)
//
// After a raw tile there are no background and foreground to go on with, and after coloured
// subrectangles no foreground.

#include <cstddef>
#include <cstdint>

#include "oriel/core/image/rect.h"

namespace oriel::codec::hextile {

inline constexpr int kTileSize = 16;
inline constexpr int kTilePixels = kTileSize * kTileSize;

inline constexpr std::uint8_t kRaw = 1;
inline constexpr std::uint8_t kHasBackground = 2;
inline constexpr std::uint8_t kHasForeground = 4;
inline constexpr std::uint8_t kHasSubrectangles = 8;
inline constexpr std::uint8_t kAreColoured = 16;
inline constexpr std::uint8_t kAllFlags = 31;

inline constexpr std::size_t kSubrectanglesMax = 255;
// All flags but raw, pixels of 4 bytes.
inline constexpr std::size_t kMaxTileBytes = 1 + 4 + 4 + 1 + kSubrectanglesMax * 6;

constexpr std::size_t max_body_bytes(image::Size size) {
  const auto columns = static_cast<std::size_t>((size.width + kTileSize - 1) / kTileSize);
  const auto rows = static_cast<std::size_t>((size.height + kTileSize - 1) / kTileSize);
  return columns * rows * kMaxTileBytes;
}

}  // namespace oriel::codec::hextile

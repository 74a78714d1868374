#pragma once
// TRLE (RFC 6143, 7.7.5): what encoder and decoder must agree on. Tiles as of ZRLE, see
// zrle_format.h, but of 16x16 pixels, not compressed, and with two forms more:
//
//     127       indexes as for 2..16, into the palette of the last tile that brought one
//     129       runs as for 130..255, with that palette

#include <cstddef>

#include "oriel/core/codec/zrle_format.h"
#include "oriel/core/image/rect.h"

namespace oriel::codec::trle {

inline constexpr int kTileSize = 16;
inline constexpr int kTilePixels = kTileSize * kTileSize;

inline constexpr int kPackedAgain = 127;
inline constexpr int kPaletteRunsAgain = 129;

// The longest valid tile, as for ZRLE.
inline constexpr std::size_t kMaxTileBytes = 1 + 4 * zrle::kPaletteMax + 5 * kTilePixels;

constexpr std::size_t max_body_bytes(image::Size size) {
  const auto columns = static_cast<std::size_t>((size.width + kTileSize - 1) / kTileSize);
  const auto rows = static_cast<std::size_t>((size.height + kTileSize - 1) / kTileSize);
  return columns * rows * kMaxTileBytes;
}

}  // namespace oriel::codec::trle

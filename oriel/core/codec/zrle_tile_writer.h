#pragma once
// Writes one ZRLE tile in the form that is likely to be the shortest after deflate.

#include <cstddef>
#include <cstdint>

#include "oriel/core/codec/tile_scan.h"
#include "oriel/core/codec/zrle_format.h"

namespace oriel::codec {

// What write_zrle_tile may write to: a raw tile, and some bytes beyond that hold no data.
inline constexpr std::size_t kZrleTileRoomBytes = 1 + 4 * zrle::kTilePixels + 16;

// Writes the scanned tile, `width` pixels wide, at `to`, which has kZrleTileRoomBytes of room, and
// returns the end of what was written. `cpixel_bytes`: 3 or 4.
std::uint8_t* write_zrle_tile(const TileScan& scan, int width, int cpixel_bytes, std::uint8_t* to);

}  // namespace oriel::codec

#pragma once
// Writes one tile of ZRLE or TRLE in the form that is likely to be the shortest.

#include <cstddef>
#include <cstdint>

#include "oriel/core/codec/tile_scan.h"
#include "oriel/core/codec/zrle_format.h"

namespace oriel::codec {

// What write_zrle_tile may write to: a raw tile, and some bytes beyond that hold no data.
inline constexpr std::size_t kZrleTileRoomBytes = 1 + 4 * zrle::kTilePixels + 16;

// Writes the scanned tile, `width` pixels wide, at `to`, which has kZrleTileRoomBytes of room, and
// returns the end of what was written. `cpixel_bytes`: 1 to 4. The form is chosen for what deflate
// will make of it.
std::uint8_t* write_zrle_tile(const TileScan& scan, int width, int cpixel_bytes, std::uint8_t* to);

// The same for TRLE: the form is the shortest as it is. Room: a raw tile and 16 bytes.
std::uint8_t* write_trle_tile(const TileScan& scan, int width, int cpixel_bytes, std::uint8_t* to);

}  // namespace oriel::codec

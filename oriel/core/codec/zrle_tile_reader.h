#pragma once
// Reads one ZRLE tile, trusting nothing in it.

#include <cstddef>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/codec/cpixel.h"
#include "oriel/core/image/frame_view.h"
#include "oriel/core/image/pixel_convert.h"

namespace oriel::codec {

// Decodes the tile at the front of `bytes` into `target` (at most 64x64) and returns how many bytes
// it took. `bytes` is all that is left of the rectangle, or at least zrle::kMaxTileBytes of it.
// kInvalid for anything that is not a tile; then `target` may be partly written.
Result<std::size_t> read_zrle_tile(ByteSpan bytes, const image::PixelConverter& converter,
                                   CpixelLayout layout, const image::MutableFrameView& target);

}  // namespace oriel::codec

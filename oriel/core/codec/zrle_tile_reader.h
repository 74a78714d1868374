#pragma once
// Reads one tile of ZRLE or TRLE, trusting nothing in it.

#include <array>
#include <cstddef>
#include <cstdint>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/base/session.h"
#include "oriel/core/codec/cpixels.h"
#include "oriel/core/codec/zrle_format.h"
#include "oriel/core/image/frame_view.h"

namespace oriel::codec {

// Decodes the tile at the front of `bytes` into `target` (at most 64x64) and returns how many bytes
// it took. `bytes` is all that is left of the rectangle, or at least zrle::kMaxTileBytes of it.
// kInvalid for anything that is not a tile; then `target` may be partly written.
Result<std::size_t> read_zrle_tile(ByteSpan bytes, const Cpixels& cpixels,
                                   const image::MutableFrameView& target);

// The palette of the tile before, which a TRLE tile may use again.
struct TilePalette {
  int size = 0;  // 0: there was none in this rectangle
  std::array<std::uint32_t, zrle::kPaletteMax> colours{};
};

// The same for a TRLE tile (`target` at most 16x16) at the front of `bytes`, which may end early:
// then nothing is consumed and the answer says how many bytes are wanted at least. `last` is read,
// and written when the tile brings a palette and is whole.
Result<Need> read_trle_tile(ByteSpan bytes, const Cpixels& cpixels,
                            const image::MutableFrameView& target, TilePalette& last);

}  // namespace oriel::codec

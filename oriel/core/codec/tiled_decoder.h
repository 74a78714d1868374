#pragma once
// What the decoders of Hextile and TRLE share: bodies that are rows of tiles of 16x16 pixels (less
// at the right and bottom edges), without a length, so that only decoding tells where they end.

#include <optional>

#include "oriel/core/codec/decoder.h"
#include "oriel/core/image/pixel_convert.h"

namespace oriel::codec {

// Decodes each tile once, when it is there, however small the pieces are in which the body comes.
class TiledDecoder : public Decoder {
 public:
  static constexpr int kTileSize = 16;

  Result<Need> decode(ByteSpan bytes, const image::PixelFormat& format,
                      const DecodeTarget& target) final;

 protected:
  // A rectangle begins.
  virtual void begin(const image::PixelConverter& converter) = 0;
  // Decodes the tile at the front of `bytes`: takes it all, or nothing, and then says how many
  // bytes it wants at least (at most what the encoding's longest tile has). `tile` may be partly
  // written before.
  virtual Result<Need> read_tile(ByteSpan bytes, const image::PixelConverter& converter,
                                 const image::MutableFrameView& tile) = 0;

 private:
  std::optional<image::PixelConverter> converter_;  // of the format seen last
  // Of the body that is under way: tiles done, and the bytes they took.
  std::size_t tiles_done_ = 0;
  std::size_t bytes_done_ = 0;
};

}  // namespace oriel::codec

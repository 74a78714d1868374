#include "oriel/core/codec/trle_decoder.h"

#include <optional>

#include "oriel/core/codec/cpixels.h"
#include "oriel/core/codec/tiled_decoder.h"
#include "oriel/core/codec/zrle_tile_reader.h"

namespace oriel::codec {
namespace {

class TrleDecoder : public TiledDecoder {
 protected:
  void begin(const image::PixelConverter& converter) override {
    if (!cpixels_ || cpixels_->format() != converter.format()) cpixels_.emplace(converter.format());
    last_palette_.size = 0;
  }

  Result<Need> read_tile(ByteSpan bytes, const image::PixelConverter&,
                         const image::MutableFrameView& tile) override {
    return read_trle_tile(bytes, *cpixels_, tile, last_palette_);
  }

 private:
  std::optional<Cpixels> cpixels_;  // of the format seen last
  TilePalette last_palette_;
};

}  // namespace

std::unique_ptr<Decoder> make_trle_decoder() { return std::make_unique<TrleDecoder>(); }

}  // namespace oriel::codec

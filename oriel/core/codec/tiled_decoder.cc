#include "oriel/core/codec/tiled_decoder.h"

#include <algorithm>

namespace oriel::codec {

Result<Need> TiledDecoder::decode(ByteSpan bytes, const image::PixelFormat& format,
                                  const DecodeTarget& target) {
  if (!converter_ || converter_->format() != format) converter_.emplace(format);
  if (tiles_done_ == 0) begin(*converter_);
  ORIEL_CHECK(bytes.size() >= bytes_done_);
  const auto pixels = target.pixels();
  const auto columns = static_cast<std::size_t>((pixels.width + kTileSize - 1) / kTileSize);
  const auto rows = static_cast<std::size_t>((pixels.height + kTileSize - 1) / kTileSize);
  for (; tiles_done_ < columns * rows; ++tiles_done_) {
    const int x = static_cast<int>(tiles_done_ % columns) * kTileSize;
    const int y = static_cast<int>(tiles_done_ / columns) * kTileSize;
    const image::Rect tile{x, y, std::min(kTileSize, pixels.width - x),
                           std::min(kTileSize, pixels.height - y)};
    ORIEL_TRY(const auto need,
              read_tile(bytes.subspan(bytes_done_), *converter_, pixels.crop(tile)));
    // Each tile that follows takes a byte at least.
    if (need.consumed == 0)
      return Need{0, bytes_done_ + need.wanted + (columns * rows - tiles_done_ - 1)};
    bytes_done_ += need.consumed;
  }
  tiles_done_ = 0;
  return Need{std::exchange(bytes_done_, 0), 1};
}

}  // namespace oriel::codec

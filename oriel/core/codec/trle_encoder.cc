#include "oriel/core/codec/trle_encoder.h"

#include <algorithm>
#include <array>
#include <optional>

#include "oriel/core/codec/cpixel.h"
#include "oriel/core/codec/tile_scan.h"
#include "oriel/core/codec/trle_format.h"
#include "oriel/core/codec/zrle_tile_writer.h"
#include "oriel/core/image/pixel_convert.h"

namespace oriel::codec {
namespace {

class TrleEncoder : public Encoder {
 public:
  void encode(const image::FrameView& pixels, const image::PixelFormat& format,
              Bytes& out) override {
    if (!converter_ || converter_->format() != format) converter_.emplace(format);
    const auto layout = cpixel_layout(format);
    for (int y = 0; y < pixels.height; y += trle::kTileSize) {
      for (int x = 0; x < pixels.width; x += trle::kTileSize) {
        const image::Rect tile{x, y, std::min(trle::kTileSize, pixels.width - x),
                               std::min(trle::kTileSize, pixels.height - y)};
        scan_.scan(pixels.crop(tile), *converter_, layout.shift);
        auto* end = write_trle_tile(scan_, tile.width, layout.bytes, tile_.data());
        out.insert(out.end(), tile_.data(), end);
      }
    }
  }

 private:
  std::optional<image::PixelConverter> converter_;  // of the format asked for last
  TileScan scan_;
  std::array<std::uint8_t, 1 + 4 * trle::kTilePixels + 16> tile_{};
};

}  // namespace

std::unique_ptr<Encoder> make_trle_encoder() { return std::make_unique<TrleEncoder>(); }

}  // namespace oriel::codec

#include "oriel/core/codec/zrle_encoder.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "oriel/core/codec/cpixel.h"
#include "oriel/core/codec/deflate_block.h"
#include "oriel/core/codec/tile_scan.h"
#include "oriel/core/codec/zrle_format.h"
#include "oriel/core/codec/zrle_tile_writer.h"

namespace oriel::codec {
namespace {

class ZrleEncoder : public Encoder {
 public:
  void encode(const image::FrameView& pixels, const image::PixelFormat& format,
              Bytes& out) override {
    if (!converter_ || converter_->format() != format) converter_.emplace(format);
    const auto layout = cpixel_layout(format);
    std::uint8_t* const begin = tiles_.data();
    std::uint8_t* to = begin;
    for (int y = 0; y < pixels.height; y += zrle::kTileSize) {
      for (int x = 0; x < pixels.width; x += zrle::kTileSize) {
        const image::Rect tile{x, y, std::min(zrle::kTileSize, pixels.width - x),
                               std::min(zrle::kTileSize, pixels.height - y)};
        // A deflate block is made of whole tiles, so that it is never cut a second time.
        if (to + kZrleTileRoomBytes > begin + kDeflateGroupBytes) {
          deflate_.compress({begin, to}, out);
          to = begin;
        }
        scan_.scan(pixels.crop(tile), *converter_, layout.shift);
        to = write_zrle_tile(scan_, tile.width, layout.bytes, to);
      }
    }
    deflate_.compress({begin, to}, out);
  }

 private:
  std::optional<image::PixelConverter> converter_;  // of the format asked for last
  TileScan scan_;
  std::vector<std::uint8_t> tiles_ = std::vector<std::uint8_t>(kDeflateGroupBytes);
  DeflateBlock deflate_;
};

}  // namespace

std::unique_ptr<Encoder> make_zrle_encoder() { return std::make_unique<ZrleEncoder>(); }

}  // namespace oriel::codec

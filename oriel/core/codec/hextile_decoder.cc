#include "oriel/core/codec/hextile_decoder.h"

#include <algorithm>

#include <fmt/format.h>

#include "oriel/base/byte_reader.h"
#include "oriel/core/codec/hextile_format.h"
#include "oriel/core/codec/tiled_decoder.h"

namespace oriel::codec {
namespace {

using namespace hextile;

class HextileDecoder : public TiledDecoder {
 protected:
  void begin(const image::PixelConverter&) override { background_ = foreground_ = 0; }

  Result<Need> read_tile(ByteSpan bytes, const image::PixelConverter& converter,
                         const image::MutableFrameView& tile) override {
    if (bytes.empty()) return Need{0, 1};
    const std::uint8_t flags = bytes[0];
    if (flags > kAllFlags)
      return fail(ErrorCode::kInvalid, fmt::format("Hextile: no such tile flags: {}", flags));
    if (flags & kRaw) return read_raw(bytes, converter, tile);

    const auto pixel_bytes = static_cast<std::size_t>(converter.bytes_per_pixel());
    const bool has_parts = flags & kHasSubrectangles;
    const std::size_t head_bytes = 1 + (flags & kHasBackground ? pixel_bytes : 0) +
                                   (flags & kHasForeground ? pixel_bytes : 0) + has_parts;
    if (bytes.size() < head_bytes) return Need{0, head_bytes};
    const std::size_t count = has_parts ? bytes[head_bytes - 1] : 0;
    const std::size_t part_bytes = 2 + (flags & kAreColoured ? pixel_bytes : 0);
    const auto tile_bytes = head_bytes + count * part_bytes;
    if (bytes.size() < tile_bytes) return Need{0, tile_bytes};

    ByteReader reader(bytes);
    reader.skip(1);
    if (flags & kHasBackground) background_ = take_pixel(reader, converter);
    if (flags & kHasForeground) foreground_ = take_pixel(reader, converter);
    fill(tile, background_);
    if (has_parts) reader.skip(1);
    for (std::size_t i = 0; i < count; ++i) {
      const auto colour = flags & kAreColoured ? take_pixel(reader, converter) : foreground_;
      const int at = reader.u8(), extent = reader.u8();
      const image::Rect part{at >> 4, at & 15, (extent >> 4) + 1, (extent & 15) + 1};
      if (!image::Rect::of(tile.size()).contains(part))
        return fail(ErrorCode::kInvalid,
                    fmt::format("Hextile: a subrectangle {}x{} at {},{} in a tile of {}x{}",
                                part.width, part.height, part.x, part.y, tile.width, tile.height));
      fill(tile.crop(part), colour);
    }
    return Need{tile_bytes, 1};
  }

 private:
  static Result<Need> read_raw(ByteSpan bytes, const image::PixelConverter& converter,
                               const image::MutableFrameView& tile) {
    const auto row_bytes = static_cast<std::size_t>(tile.width * converter.bytes_per_pixel());
    const auto tile_bytes = 1 + row_bytes * tile.height;
    if (bytes.size() < tile_bytes) return Need{0, tile_bytes};
    for (int y = 0; y < tile.height; ++y)
      converter.restore_row(bytes.data() + 1 + row_bytes * y, tile.row(y), tile.width);
    return Need{tile_bytes, 1};
  }

  static std::uint32_t take_pixel(ByteReader& reader, const image::PixelConverter& converter) {
    const int size = converter.bytes_per_pixel();
    const auto bytes = reader.take(static_cast<std::size_t>(size));
    return converter.to_bgrx(image::load_wire_word(bytes.data(), size));
  }

  static void fill(const image::MutableFrameView& target, std::uint32_t colour) {
    for (int y = 0; y < target.height; ++y) std::fill_n(target.row(y), target.width, colour);
  }

  std::uint32_t background_ = 0, foreground_ = 0;  // BGRX, of the tile before
};

}  // namespace

std::unique_ptr<Decoder> make_hextile_decoder() { return std::make_unique<HextileDecoder>(); }

}  // namespace oriel::codec

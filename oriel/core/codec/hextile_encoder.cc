#include "oriel/core/codec/hextile_encoder.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include "oriel/core/codec/hextile_format.h"
#include "oriel/core/codec/subrectangles.h"
#include "oriel/core/codec/tile_scan.h"
#include "oriel/core/image/pixel_convert.h"

namespace oriel::codec {
namespace {

using namespace hextile;

// Writes the tiles of one rectangle: knows which colours the viewer has from the tile before.
class HextileEncoder : public Encoder {
 public:
  void encode(const image::FrameView& pixels, const image::PixelFormat& format,
              Bytes& out) override {
    if (!converter_ || converter_->format() != format) converter_.emplace(format);
    pixel_bytes_ = static_cast<std::size_t>(format.bytes_per_pixel());
    background_.reset();
    foreground_.reset();
    for (int y = 0; y < pixels.height; y += kTileSize) {
      for (int x = 0; x < pixels.width; x += kTileSize) {
        const image::Rect tile{x, y, std::min(kTileSize, pixels.width - x),
                               std::min(kTileSize, pixels.height - y)};
        scan_.scan(pixels.crop(tile), *converter_, 0);
        end_ = tile_.data();
        write_tile(tile.width);
        out.insert(out.end(), tile_.data(), end_);
      }
    }
  }

 private:
  void write_tile(int width) {
    if (!scan_.has_palette()) return write_raw();
    if (scan_.palette_size() == 1) {
      put(0);
      put_background(scan_.palette(0));
      return;
    }
    const auto background = most_common();
    const auto count = static_cast<std::size_t>(scan_.pixel_count());
    std::copy_n(scan_.pixels(), count, words_.data());
    parts_.clear();
    find_subrectangles(std::span(words_).first(count), width, background, kSubrectanglesMax,
                       parts_);
    if (parts_.size() > kSubrectanglesMax) return write_raw();
    const bool is_coloured = scan_.palette_size() > 2;
    const auto part_bytes = 2 + (is_coloured ? pixel_bytes_ : 0);
    const auto colours = is_coloured ? 1 : 2;  // whether they are known already is not looked at
    if (1 + colours * pixel_bytes_ + 1 + parts_.size() * part_bytes >= 1 + count * pixel_bytes_)
      return write_raw();
    write_parts(background, is_coloured);
  }

  void write_parts(std::uint32_t background, bool is_coloured) {
    put(kHasSubrectangles);
    put_background(background);
    if (is_coloured) {
      tile_[0] |= kAreColoured;
      foreground_.reset();
    } else {
      put_foreground(parts_[0].colour);
    }
    put(static_cast<std::uint8_t>(parts_.size()));
    for (const auto& part : parts_) {
      if (is_coloured) put_pixel(part.colour);
      put(static_cast<std::uint8_t>(part.x << 4 | part.y));
      put(static_cast<std::uint8_t>((part.width - 1) << 4 | (part.height - 1)));
    }
  }

  void write_raw() {
    put(kRaw);
    for (int i = 0; i < scan_.pixel_count(); ++i) put_pixel(scan_.pixels()[i]);
    background_.reset();
    foreground_.reset();
  }

  // The colour of most pixels.
  std::uint32_t most_common() {
    std::array<int, zrle::kPaletteMax> counts{};
    for (int run = 0; run < scan_.run_count(); ++run)
      counts[scan_.run_index(run)] += scan_.run_length(run);
    const auto most = std::max_element(counts.begin(), counts.begin() + scan_.palette_size());
    return scan_.palette(static_cast<int>(most - counts.begin()));
  }

  // The flags stand in tile_[0].
  void put_background(std::uint32_t colour) {
    if (background_ == colour) return;
    background_ = colour;
    tile_[0] |= kHasBackground;
    put_pixel(colour);
  }
  void put_foreground(std::uint32_t colour) {
    if (foreground_ == colour) return;
    foreground_ = colour;
    tile_[0] |= kHasForeground;
    put_pixel(colour);
  }

  void put(std::uint8_t byte) { *end_++ = byte; }
  void put_pixel(std::uint32_t word) {
    std::memcpy(end_, &word, 4);  // of which the next write overwrites what is too much
    end_ += pixel_bytes_;
  }

  std::optional<image::PixelConverter> converter_;  // of the format asked for last
  std::size_t pixel_bytes_ = 4;
  std::optional<std::uint32_t> background_, foreground_;  // that the viewer has
  TileScan scan_;
  std::array<std::uint32_t, kTilePixels> words_{};
  std::vector<Subrectangle> parts_;
  std::array<std::uint8_t, kMaxTileBytes + 4> tile_{};
  std::uint8_t* end_ = nullptr;  // of what is written of the tile
};

}  // namespace

std::unique_ptr<Encoder> make_hextile_encoder() { return std::make_unique<HextileEncoder>(); }

}  // namespace oriel::codec

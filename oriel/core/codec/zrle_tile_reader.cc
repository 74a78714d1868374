#include "oriel/core/codec/zrle_tile_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "oriel/base/byte_reader.h"
#include "oriel/core/codec/trle_format.h"
#include "oriel/core/codec/zrle_format.h"

namespace oriel::codec {
namespace {

Error invalid(const std::string& message) { return {ErrorCode::kInvalid, "tile: " + message}; }

class TileReader {
 public:
  // `last`: null for ZRLE, which has no palettes to use again.
  TileReader(ByteSpan bytes, const image::PixelConverter& converter, CpixelLayout layout,
             const image::MutableFrameView& target, TilePalette* last)
      : reader_(bytes), converter_(converter), layout_(layout), target_(target), last_(last) {}

  Status read() {
    ORIEL_TRY_VOID(expect(1));
    return read_form(reader_.u8());
  }
  // How many bytes the tile took, after success.
  std::size_t position() const { return reader_.position(); }
  // After an error: more bytes than there are, if that is what was wrong, else 0.
  std::size_t wanted() const { return wanted_; }

 private:
  Status read_form(int form) {
    if (form == zrle::kRaw) return read_raw();
    if (form == zrle::kSolid) return read_solid();
    if (form <= zrle::kPackedPaletteMax) {
      ORIEL_TRY_VOID(read_palette(form));
      return read_packed();
    }
    if (form == zrle::kPlainRuns) return read_plain_runs();
    if (form > zrle::kPaletteRuns + 1) {
      ORIEL_TRY_VOID(read_palette(form - zrle::kPaletteRuns));
      return read_palette_runs();
    }
    if (last_ && form == trle::kPackedAgain) {
      ORIEL_TRY_VOID(use_last_palette(zrle::kPackedPaletteMax));
      return read_packed();
    }
    if (last_ && form == trle::kPaletteRunsAgain) {
      ORIEL_TRY_VOID(use_last_palette(zrle::kPaletteMax));
      return read_palette_runs();
    }
    return std::unexpected(invalid(fmt::format("no such tile form: {}", form)));
  }

  Status expect(std::size_t bytes) {
    if (reader_.remaining() >= bytes) return {};
    wanted_ = reader_.position() + bytes;
    return std::unexpected(invalid(
        fmt::format("a tile ends early: {} bytes left, {} expected", reader_.remaining(), bytes)));
  }

  // expect() has been asked.
  std::uint32_t take_cpixel() {
    const auto bytes = reader_.take(layout_.bytes);
    return converter_.to_bgrx(image::load_wire_word(bytes.data(), layout_.bytes) << layout_.shift);
  }

  std::size_t cpixels_bytes(std::size_t count) const { return count * layout_.bytes; }

  Status read_raw() {
    ORIEL_TRY_VOID(expect(cpixels_bytes(target_.size().area())));
    for (int y = 0; y < target_.height; ++y)
      for (int x = 0; x < target_.width; ++x) target_.row(y)[x] = take_cpixel();
    return {};
  }

  Status read_solid() {
    ORIEL_TRY_VOID(expect(cpixels_bytes(1)));
    const auto colour = take_cpixel();
    for (int y = 0; y < target_.height; ++y) std::fill_n(target_.row(y), target_.width, colour);
    return {};
  }

  Status read_palette(int size) {
    ORIEL_TRY_VOID(expect(cpixels_bytes(size)));
    palette_.size = size;
    for (int i = 0; i < size; ++i) palette_.colours[i] = take_cpixel();
    return {};
  }

  Status use_last_palette(int size_max) {
    if (last_->size == 0 || last_->size > size_max)
      return std::unexpected(
          invalid(fmt::format("the palette of the tile before is to be used, which has {} colours "
                              "(1 to {} expected)",
                              last_->size, size_max)));
    palette_ = *last_;
    return {};
  }

  Status read_packed() {
    const int bits = zrle::packed_bits(palette_.size);
    const std::size_t row_bytes = (target_.width * bits + 7) / 8;
    ORIEL_TRY_VOID(expect(row_bytes * target_.height));
    for (int y = 0; y < target_.height; ++y) {
      const auto packed = reader_.take(row_bytes);
      for (int x = 0; x < target_.width; ++x) {
        const int bit = x * bits;
        const int index = packed[bit / 8] >> (8 - bits - bit % 8) & ((1 << bits) - 1);
        if (index >= palette_.size) return wrong_index(index);
        target_.row(y)[x] = palette_.colours[index];
      }
    }
    return keep_palette();
  }

  Status read_plain_runs() {
    while (filled_ < target_.size().area()) {
      ORIEL_TRY_VOID(expect(cpixels_bytes(1)));
      const auto colour = take_cpixel();
      ORIEL_TRY(const auto length, read_run_length());
      fill(colour, length);
    }
    return {};
  }

  Status read_palette_runs() {
    while (filled_ < target_.size().area()) {
      ORIEL_TRY_VOID(expect(1));
      const int code = reader_.u8();
      const int index = code & 127;
      if (index >= palette_.size) return wrong_index(index);
      std::int64_t length = 1;
      if (code >= 128) {
        ORIEL_TRY(length, read_run_length());
      }
      fill(palette_.colours[index], length);
    }
    return keep_palette();
  }

  Status keep_palette() {
    if (last_) *last_ = palette_;
    return {};
  }

  Result<std::int64_t> read_run_length() {
    const auto left = target_.size().area() - filled_;
    std::int64_t length = 1;
    for (int byte = 255; byte == 255; length += byte) {
      ORIEL_TRY_VOID(expect(1));
      byte = reader_.u8();
      if (length + byte > left)
        return std::unexpected(invalid(
            fmt::format("a run of {} pixels where the tile has {} left", length + byte, left)));
    }
    return length;
  }

  // `length` is at most what is left of the tile.
  void fill(std::uint32_t colour, std::int64_t length) {
    for (; length > 0; --length, ++filled_)
      target_.row(static_cast<int>(filled_ / target_.width))[filled_ % target_.width] = colour;
  }

  Status wrong_index(int index) const {
    return std::unexpected(
        invalid(fmt::format("colour {} of a palette of {}", index, palette_.size)));
  }

  ByteReader reader_;
  const image::PixelConverter& converter_;
  CpixelLayout layout_;
  image::MutableFrameView target_;
  TilePalette* last_;
  TilePalette palette_;
  std::size_t wanted_ = 0;
  std::int64_t filled_ = 0;  // pixels that runs have covered
};

}  // namespace

Result<std::size_t> read_zrle_tile(ByteSpan bytes, const image::PixelConverter& converter,
                                   CpixelLayout layout, const image::MutableFrameView& target) {
  TileReader reader(bytes, converter, layout, target, nullptr);
  ORIEL_TRY_VOID(reader.read());
  return reader.position();
}

Result<Need> read_trle_tile(ByteSpan bytes, const image::PixelConverter& converter,
                            CpixelLayout layout, const image::MutableFrameView& target,
                            TilePalette& last) {
  TileReader reader(bytes, converter, layout, target, &last);
  const auto status = reader.read();
  if (status) return Need{reader.position(), 1};
  if (reader.wanted() > 0) return Need{0, reader.wanted()};
  return std::unexpected(status.error());
}

}  // namespace oriel::codec

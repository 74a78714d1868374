#include "oriel/core/codec/zrle_tile_reader.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "oriel/base/byte_reader.h"
#include "oriel/core/codec/zrle_format.h"

namespace oriel::codec {
namespace {

Error invalid(const std::string& message) { return {ErrorCode::kInvalid, "ZRLE: " + message}; }

class TileReader {
 public:
  TileReader(ByteSpan bytes, const image::PixelConverter& converter, CpixelLayout layout,
             const image::MutableFrameView& target)
      : reader_(bytes), converter_(converter), layout_(layout), target_(target) {}

  Result<std::size_t> read() {
    ORIEL_TRY_VOID(expect(1));
    const int form = reader_.u8();
    ORIEL_TRY_VOID(read_form(form));
    return reader_.position();
  }

 private:
  Status read_form(int form) {
    if (form == zrle::kRaw) return read_raw();
    if (form == zrle::kSolid) return read_solid();
    if (form <= zrle::kPackedPaletteMax) return read_packed(form);
    if (form == zrle::kPlainRuns) return read_plain_runs();
    if (form > zrle::kPaletteRuns + 1) return read_palette_runs(form - zrle::kPaletteRuns);
    return std::unexpected(invalid(fmt::format("no such tile form: {}", form)));
  }

  Status expect(std::size_t bytes) {
    if (reader_.remaining() >= bytes) return {};
    return std::unexpected(invalid(
        fmt::format("a tile ends early: {} bytes left, {} expected", reader_.remaining(), bytes)));
  }

  // expect() has been asked.
  std::uint32_t take_cpixel() {
    const auto bytes = reader_.take(layout_.bytes);
    std::uint32_t word = 0;
    for (int i = 0; i < layout_.bytes; ++i) word |= std::uint32_t{bytes[i]} << (8 * i);
    return converter_.to_bgrx(word << layout_.shift);
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
    for (int i = 0; i < size; ++i) palette_[i] = take_cpixel();
    return {};
  }

  Status read_packed(int palette_size) {
    ORIEL_TRY_VOID(read_palette(palette_size));
    const int bits = zrle::packed_bits(palette_size);
    const std::size_t row_bytes = (target_.width * bits + 7) / 8;
    ORIEL_TRY_VOID(expect(row_bytes * target_.height));
    for (int y = 0; y < target_.height; ++y) {
      const auto packed = reader_.take(row_bytes);
      for (int x = 0; x < target_.width; ++x) {
        const int bit = x * bits;
        const int index = packed[bit / 8] >> (8 - bits - bit % 8) & ((1 << bits) - 1);
        if (index >= palette_size) return wrong_index(index, palette_size);
        target_.row(y)[x] = palette_[index];
      }
    }
    return {};
  }

  Status read_plain_runs() {
    while (filled_ < target_.size().area()) {
      ORIEL_TRY_VOID(expect(cpixels_bytes(1)));
      const auto colour = take_cpixel();
      ORIEL_TRY(const auto length, read_run_length());
      ORIEL_TRY_VOID(fill(colour, length));
    }
    return {};
  }

  Status read_palette_runs(int palette_size) {
    ORIEL_TRY_VOID(read_palette(palette_size));
    while (filled_ < target_.size().area()) {
      ORIEL_TRY_VOID(expect(1));
      const int code = reader_.u8();
      const int index = code & 127;
      if (index >= palette_size) return wrong_index(index, palette_size);
      std::int64_t length = 1;
      if (code >= 128) {
        ORIEL_TRY(length, read_run_length());
      }
      ORIEL_TRY_VOID(fill(palette_[index], length));
    }
    return {};
  }

  Result<std::int64_t> read_run_length() {
    std::int64_t length = 1;
    for (int byte = 255; byte == 255; length += byte) {
      ORIEL_TRY_VOID(expect(1));
      byte = reader_.u8();
    }
    return length;
  }

  Status fill(std::uint32_t colour, std::int64_t length) {
    const auto left = target_.size().area() - filled_;
    if (length > left)
      return std::unexpected(
          invalid(fmt::format("a run of {} pixels where the tile has {} left", length, left)));
    for (; length > 0; --length, ++filled_)
      target_.row(static_cast<int>(filled_ / target_.width))[filled_ % target_.width] = colour;
    return {};
  }

  static Status wrong_index(int index, int palette_size) {
    return std::unexpected(
        invalid(fmt::format("colour {} of a palette of {}", index, palette_size)));
  }

  ByteReader reader_;
  const image::PixelConverter& converter_;
  CpixelLayout layout_;
  image::MutableFrameView target_;
  std::array<std::uint32_t, zrle::kPaletteMax> palette_{};
  std::int64_t filled_ = 0;  // pixels that runs have covered
};

}  // namespace

Result<std::size_t> read_zrle_tile(ByteSpan bytes, const image::PixelConverter& converter,
                                   CpixelLayout layout, const image::MutableFrameView& target) {
  return TileReader(bytes, converter, layout, target).read();
}

}  // namespace oriel::codec

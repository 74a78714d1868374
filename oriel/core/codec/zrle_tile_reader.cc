#include "oriel/core/codec/zrle_tile_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "oriel/core/codec/packed_pixels.h"
#include "oriel/core/codec/trle_format.h"
#include "oriel/core/codec/zrle_format.h"

namespace oriel::codec {
namespace {

Error invalid(const std::string& message) { return {ErrorCode::kInvalid, "tile: " + message}; }

class TileReader {
 public:
  // `last`: null for ZRLE, which has no palettes to use again.
  TileReader(ByteSpan bytes, const Cpixels& cpixels, const image::MutableFrameView& target,
             TilePalette* last)
      : begin_(bytes.data()),
        at_(begin_),
        end_(begin_ + bytes.size()),
        cpixels_(cpixels),
        target_(target),
        last_(last) {}

  Status read() {
    ORIEL_TRY_VOID(expect(1));
    return read_form(*at_++);
  }
  // How many bytes the tile took, after success.
  std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }
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

  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }

  Status expect(std::size_t bytes) {
    if (remaining() >= bytes) return {};
    return ends_early(bytes);
  }
  Status ends_early(std::size_t bytes) {
    wanted_ = position() + bytes;
    return std::unexpected(
        invalid(fmt::format("a tile ends early: {} bytes left, {} expected", remaining(), bytes)));
  }

  // They are there.
  std::uint32_t take_cpixel() {
    const auto* from = at_;
    at_ += cpixels_.bytes();
    return cpixels_.restore(from);
  }

  Status read_raw() {
    const auto row_bytes = target_.width * cpixels_.bytes();
    ORIEL_TRY_VOID(expect(row_bytes * target_.height));
    for (int y = 0; y < target_.height; ++y, at_ += row_bytes)
      cpixels_.restore_row(at_, target_.row(y), target_.width);
    return {};
  }

  Status read_solid() {
    ORIEL_TRY_VOID(expect(cpixels_.bytes()));
    const auto colour = take_cpixel();
    for (int y = 0; y < target_.height; ++y) std::fill_n(target_.row(y), target_.width, colour);
    return {};
  }

  Status read_palette(int size) {
    ORIEL_TRY_VOID(expect(size * cpixels_.bytes()));
    palette_.size = size;
    cpixels_.restore_row(at_, palette_.colours.data(), size);
    at_ += size * cpixels_.bytes();
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
    const auto row_bytes = static_cast<std::size_t>((target_.width * bits + 7) / 8);
    ORIEL_TRY_VOID(expect(row_bytes * target_.height));
    const auto* palette = palette_.colours.data();
    int largest = 0;
    if (bits == 1) {
      const TwoColourRows rows(palette[0], palette[1]);
      for (int y = 0; y < target_.height; ++y, at_ += row_bytes)
        rows.expand(at_, target_.row(y), target_.width);
    } else {
      for (int y = 0; y < target_.height; ++y, at_ += row_bytes) {
        const int here = bits == 2 ? expand_indexes<2>(at_, palette, target_.row(y), target_.width)
                                   : expand_indexes<4>(at_, palette, target_.row(y), target_.width);
        largest = std::max(largest, here);
      }
    }
    if (largest >= palette_.size) return wrong_index(largest);
    return keep_palette();
  }

  Status read_plain_runs() {
    while (left_ > 0) {
      ORIEL_TRY_VOID(expect(cpixels_.bytes()));
      const auto colour = take_cpixel();
      ORIEL_TRY(const auto length, read_run_length());
      fill(colour, length);
    }
    return {};
  }

  Status read_palette_runs() {
    while (left_ > 0) {
      if (at_ == end_) return ends_early(1);
      const int code = *at_++;
      const int index = code & 127;
      if (index >= palette_.size) return wrong_index(index);
      int length = 1;
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

  Result<int> read_run_length() {
    int length = 1;
    for (int byte = 255; byte == 255; length += byte) {
      if (at_ == end_) return std::unexpected(ends_early(1).error());
      byte = *at_++;
      if (length + byte > left_)
        return std::unexpected(invalid(
            fmt::format("a run of {} pixels where the tile has {} left", length + byte, left_)));
    }
    return length;
  }

  // `length` is at most what is left of the tile.
  void fill(std::uint32_t colour, int length) {
    left_ -= length;
    while (true) {
      const int here = std::min(length, target_.width - x_);
      std::uint32_t* to = target_.row(y_) + x_;
      for (int i = 0; i < here; ++i) to[i] = colour;
      x_ += here;
      length -= here;
      if (length == 0) return;
      x_ = 0;
      ++y_;
    }
  }

  Status wrong_index(int index) const {
    return std::unexpected(
        invalid(fmt::format("colour {} of a palette of {}", index, palette_.size)));
  }

  const std::uint8_t* begin_;
  const std::uint8_t* at_;
  const std::uint8_t* end_;
  const Cpixels& cpixels_;
  image::MutableFrameView target_;
  TilePalette* last_;
  TilePalette palette_;
  std::size_t wanted_ = 0;
  // Where the next run begins, and the pixels that no run has covered.
  int x_ = 0, y_ = 0;
  int left_ = static_cast<int>(target_.size().area());
};

}  // namespace

Result<std::size_t> read_zrle_tile(ByteSpan bytes, const Cpixels& cpixels,
                                   const image::MutableFrameView& target) {
  TileReader reader(bytes, cpixels, target, nullptr);
  ORIEL_TRY_VOID(reader.read());
  return reader.position();
}

Result<Need> read_trle_tile(ByteSpan bytes, const Cpixels& cpixels,
                            const image::MutableFrameView& target, TilePalette& last) {
  TileReader reader(bytes, cpixels, target, &last);
  const auto status = reader.read();
  if (status) return Need{reader.position(), 1};
  if (reader.wanted() > 0) return Need{0, reader.wanted()};
  return std::unexpected(status.error());
}

}  // namespace oriel::codec

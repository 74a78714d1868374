#include "oriel/core/codec/zrle_decoder.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "oriel/base/byte_reader.h"
#include "oriel/core/codec/cpixels.h"
#include "oriel/core/codec/inflate_stream.h"
#include "oriel/core/codec/zrle_format.h"
#include "oriel/core/codec/zrle_tile_reader.h"

namespace oriel::codec {
namespace {

class ZrleDecoder : public Decoder {
 public:
  Result<Need> decode(ByteSpan bytes, const image::PixelFormat& format,
                      const DecodeTarget& target) override {
    if (bytes.size() < 4) return Need{0, 4};
    const std::size_t length = ByteReader(bytes).u32();
    const auto max_length = zrle::max_body_bytes(target.size()) - 4;
    if (length > max_length)
      return fail(ErrorCode::kTooLarge,
                  fmt::format("ZRLE: {} bytes for a rectangle of {}x{} pixels, at most {}", length,
                              target.rect.width, target.rect.height, max_length));
    if (bytes.size() < 4 + length) return Need{0, 4 + length};
    if (!cpixels_ || cpixels_->format() != format) cpixels_.emplace(format);
    if (is_broken_) return fail(ErrorCode::kInvalid, "ZRLE: the stream is broken");
    is_broken_ = true;
    ORIEL_TRY_VOID(decode_tiles(bytes.subspan(4, length), target.pixels()));
    is_broken_ = false;
    return Need{4 + length, 1};
  }

 private:
  Status decode_tiles(ByteSpan zlib_data, const image::MutableFrameView& target) {
    inflate_.feed(zlib_data);
    begin_ = end_ = 0;
    for (int y = 0; y < target.height; y += zrle::kTileSize) {
      for (int x = 0; x < target.width; x += zrle::kTileSize) {
        const image::Rect tile{x, y, std::min(zrle::kTileSize, target.width - x),
                               std::min(zrle::kTileSize, target.height - y)};
        ORIEL_TRY_VOID(fill());
        ORIEL_TRY(const auto taken, read_zrle_tile(ByteSpan(plain_).subspan(begin_, end_ - begin_),
                                                   *cpixels_, target.crop(tile)));
        begin_ += taken;
      }
    }
    // What is left of the piece may only be the flush at its end, which says nothing.
    ORIEL_TRY_VOID(fill());
    if (end_ > begin_)
      return fail(ErrorCode::kInvalid, "ZRLE: more data than the rectangle has tiles");
    return {};
  }

  // Makes sure that a whole tile lies in plain_, or all that is left.
  Status fill() {
    if (end_ - begin_ >= zrle::kMaxTileBytes) return {};
    std::memmove(plain_.data(), plain_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    ORIEL_TRY(const auto count, inflate_.read(std::span(plain_).subspan(end_)));
    end_ += count;
    return {};
  }

  std::optional<Cpixels> cpixels_;  // of the format seen last
  InflateStream inflate_;
  bool is_broken_ = false;  // a rectangle was wrong, so nobody knows where the stream stands
  std::array<std::uint8_t, 3 * zrle::kMaxTileBytes> plain_;  // [begin_, end_) is inflated, not read
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace

std::unique_ptr<Decoder> make_zrle_decoder() { return std::make_unique<ZrleDecoder>(); }

}  // namespace oriel::codec

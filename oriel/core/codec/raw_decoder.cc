#include "oriel/core/codec/raw_decoder.h"

#include <optional>

#include "oriel/core/image/pixel_convert.h"

namespace oriel::codec {
namespace {

class RawDecoder : public Decoder {
 public:
  Result<Need> decode(ByteSpan bytes, const image::PixelFormat& format,
                      const DecodeTarget& target) override {
    const auto row_bytes = static_cast<std::size_t>(target.rect.width) * format.bytes_per_pixel();
    const auto body_bytes = row_bytes * target.rect.height;
    if (bytes.size() < body_bytes) return Need{0, body_bytes};
    if (!converter_ || converter_->format() != format) converter_.emplace(format);
    const auto pixels = target.pixels();
    for (int y = 0; y < pixels.height; ++y)
      converter_->restore_row(bytes.data() + row_bytes * y, pixels.row(y), pixels.width);
    return Need{body_bytes, 1};
  }

 private:
  std::optional<image::PixelConverter> converter_;  // of the format seen last
};

}  // namespace

std::unique_ptr<Decoder> make_raw_decoder() { return std::make_unique<RawDecoder>(); }

}  // namespace oriel::codec

#include "oriel/core/codec/raw_decoder.h"

#include <cstring>
#include <optional>

#include "oriel/core/image/pixel_convert.h"

namespace oriel::codec {
namespace {

class RawDecoder : public Decoder {
 public:
  Result<Need> decode(ByteSpan bytes, const image::PixelFormat& format,
                      image::MutableFrameView target) override {
    const auto body_bytes = static_cast<std::size_t>(target.size().area()) * 4;
    if (bytes.size() < body_bytes) return Need{0, body_bytes};
    if (!converter_ || converter_->format() != format) converter_.emplace(format);
    const std::uint8_t* from = bytes.data();
    for (int y = 0; y < target.height; ++y) {
      std::uint32_t* row = target.row(y);
      for (int x = 0; x < target.width; ++x, from += 4) {
        std::uint32_t wire_word;
        std::memcpy(&wire_word, from, 4);
        row[x] = converter_->to_bgrx(wire_word);
      }
    }
    return Need{body_bytes, 1};
  }

 private:
  std::optional<image::PixelConverter> converter_;  // of the format seen last
};

}  // namespace

std::unique_ptr<Decoder> make_raw_decoder() { return std::make_unique<RawDecoder>(); }

}  // namespace oriel::codec

#include "oriel/core/codec/tight_png_decoder.h"

#include <optional>

#include <fmt/format.h>

#include "oriel/core/codec/jpeg_decoder.h"
#include "oriel/core/codec/png_decoder.h"
#include "oriel/core/codec/tight_format.h"
#include "oriel/core/codec/tight_parts.h"

namespace oriel::codec {
namespace {

// There are no zlib streams, so the low bits of the control byte say nothing.
class TightPngDecoder : public Decoder {
 public:
  Result<Need> decode(ByteSpan bytes, const image::PixelFormat& format,
                      const DecodeTarget& target) override {
    if (bytes.size() < 2) return Need{0, 2};
    if (!pixels_ || pixels_->format() != format) pixels_.emplace(format);
    switch (const int method = bytes[0] >> 4) {
      case tight::kFill:
        return decode_tight_fill(bytes, *pixels_, target.pixels());
      case tight::kJpeg:
        return decode_tight_picture(bytes, target.pixels(), [this](auto file, const auto& pixels) {
          return jpeg_.decode(file, pixels);
        });
      case tight::kPng:
        return decode_tight_picture(bytes, target.pixels(), decode_png);
      default:
        return fail(ErrorCode::kInvalid, fmt::format("TightPNG: compression {}, expected {} to {}",
                                                     method, tight::kFill, tight::kPng));
    }
  }

 private:
  std::optional<TightPixels> pixels_;  // of the format seen last
  JpegDecoder jpeg_;
};

}  // namespace

std::unique_ptr<Decoder> make_tight_png_decoder() { return std::make_unique<TightPngDecoder>(); }

}  // namespace oriel::codec

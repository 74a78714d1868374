#include "oriel/core/codec/jpeg_rect_decoder.h"

#include <fmt/format.h>

#include "oriel/core/codec/jpeg_decoder.h"
#include "oriel/core/codec/jpeg_end.h"

namespace oriel::codec {
namespace {

class JpegRectDecoder : public Decoder {
 public:
  Result<Need> decode(ByteSpan bytes, const image::PixelFormat&,
                      const DecodeTarget& target) override {
    ORIEL_TRY(const auto need, end_.find(bytes));
    const auto max_bytes = jpeg_rect_max_body_bytes(target.size());
    if (std::max(need.consumed, need.wanted) > max_bytes)
      return fail(ErrorCode::kTooLarge,
                  fmt::format("JPEG: more than {} bytes for a rectangle of {}x{} pixels", max_bytes,
                              target.rect.width, target.rect.height));
    if (need.consumed > 0)
      ORIEL_TRY_VOID(jpeg_.decode(bytes.first(need.consumed), target.pixels()));
    return need;
  }

 private:
  JpegEnd end_;
  JpegDecoder jpeg_;  // one for all rectangles: it keeps their tables
};

}  // namespace

std::unique_ptr<Decoder> make_jpeg_rect_decoder() { return std::make_unique<JpegRectDecoder>(); }

}  // namespace oriel::codec

#include "oriel/core/codec/zlib_encoder.h"

#include <optional>

#include "oriel/core/codec/deflate_block.h"
#include "oriel/core/image/pixel_convert.h"

namespace oriel::codec {
namespace {

class ZlibEncoder : public Encoder {
 public:
  void encode(const image::FrameView& pixels, const image::PixelFormat& format,
              Bytes& out) override {
    if (!converter_ || converter_->format() != format) converter_.emplace(format);
    const auto row_bytes = static_cast<std::size_t>(pixels.width) * format.bytes_per_pixel();
    raw_.resize(row_bytes * pixels.height);
    for (int y = 0; y < pixels.height; ++y)
      converter_->convert_row(pixels.row(y), raw_.data() + row_bytes * y, pixels.width);
    deflate_.compress(raw_, out);
  }

 private:
  std::optional<image::PixelConverter> converter_;  // of the format asked for last
  Bytes raw_;
  DeflateBlock deflate_;
};

}  // namespace

std::unique_ptr<Encoder> make_zlib_encoder() { return std::make_unique<ZlibEncoder>(); }

}  // namespace oriel::codec

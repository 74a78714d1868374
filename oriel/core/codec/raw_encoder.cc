#include "oriel/core/codec/raw_encoder.h"

#include <optional>

#include "oriel/core/image/pixel_convert.h"

namespace oriel::codec {
namespace {

class RawEncoder : public Encoder {
 public:
  void encode(const image::FrameView& pixels, const image::PixelFormat& format,
              Bytes& out) override {
    if (!converter_ || converter_->format() != format) converter_.emplace(format);
    const auto start = out.size();
    const auto row_bytes = static_cast<std::size_t>(pixels.width) * format.bytes_per_pixel();
    out.resize(start + row_bytes * pixels.height);
    for (int y = 0; y < pixels.height; ++y)
      converter_->convert_row(pixels.row(y), out.data() + start + row_bytes * y, pixels.width);
  }

 private:
  std::optional<image::PixelConverter> converter_;  // of the format asked for last
};

}  // namespace

std::unique_ptr<Encoder> make_raw_encoder() { return std::make_unique<RawEncoder>(); }

}  // namespace oriel::codec

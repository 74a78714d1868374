#include "oriel/core/codec/rre_encoder.h"

#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include "oriel/base/byte_writer.h"
#include "oriel/core/codec/rre_format.h"
#include "oriel/core/codec/subrectangles.h"
#include "oriel/core/image/pixel_convert.h"

namespace oriel::codec {
namespace {

using rre::Coordinates;

template <Coordinates kCoordinates>
std::uint8_t* put_coordinate(int value, std::uint8_t* to) {
  if constexpr (kCoordinates == Coordinates::kTwoBytes)
    *to++ = static_cast<std::uint8_t>(value >> 8);
  *to++ = static_cast<std::uint8_t>(value);
  return to;
}

template <Coordinates kCoordinates>
class RreEncoder : public Encoder {
 public:
  void encode(const image::FrameView& pixels, const image::PixelFormat& format,
              Bytes& out) override {
    if (!converter_ || converter_->format() != format) converter_.emplace(format);
    words_.resize(static_cast<std::size_t>(pixels.size().area()));
    for (int y = 0; y < pixels.height; ++y)
      converter_->convert_words(pixels.row(y),
                                words_.data() + static_cast<std::ptrdiff_t>(y) * pixels.width,
                                pixels.width);
    const auto background = most_common_colour(words_);
    parts_.clear();
    find_subrectangles(words_, pixels.width, background, std::numeric_limits<std::size_t>::max(),
                       parts_);
    write(background, out);
  }

 private:
  void write(std::uint32_t background, Bytes& out) const {
    const auto pixel_bytes = static_cast<std::size_t>(converter_->bytes_per_pixel());
    ByteWriter(out).u32(static_cast<std::uint32_t>(parts_.size()));
    const auto start = out.size();
    out.resize(start + pixel_bytes +
               parts_.size() *
                   rre::subrectangle_bytes(kCoordinates, converter_->bytes_per_pixel()));
    std::uint8_t* to = out.data() + start;
    std::memcpy(to, &background, pixel_bytes);
    to += pixel_bytes;
    for (const auto& part : parts_) {
      std::memcpy(to, &part.colour, pixel_bytes);
      to += pixel_bytes;
      for (int value : {part.x, part.y, part.width, part.height})
        to = put_coordinate<kCoordinates>(value, to);
    }
  }

  std::optional<image::PixelConverter> converter_;  // of the format asked for last
  std::vector<std::uint32_t> words_;
  std::vector<Subrectangle> parts_;
};

}  // namespace

std::unique_ptr<Encoder> make_rre_encoder() {
  return std::make_unique<RreEncoder<Coordinates::kTwoBytes>>();
}

std::unique_ptr<Encoder> make_corre_encoder() {
  return std::make_unique<RreEncoder<Coordinates::kOneByte>>();
}

}  // namespace oriel::codec

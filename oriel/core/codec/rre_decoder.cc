#include "oriel/core/codec/rre_decoder.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "oriel/base/byte_reader.h"
#include "oriel/core/codec/rre_format.h"
#include "oriel/core/image/pixel_convert.h"

namespace oriel::codec {
namespace {

using rre::Coordinates;

constexpr std::int64_t kLayersMax = 64;  // so that few bytes cannot cost a lot of painting

void fill(const image::MutableFrameView& target, std::uint32_t colour) {
  for (int y = 0; y < target.height; ++y) std::fill_n(target.row(y), target.width, colour);
}

template <Coordinates kCoordinates>
class RreDecoder : public Decoder {
 public:
  Result<Need> decode(ByteSpan bytes, const image::PixelFormat& format,
                      const DecodeTarget& target) override {
    const auto head_bytes = 4 + static_cast<std::size_t>(format.bytes_per_pixel());
    if (bytes.size() < 4) return Need{0, head_bytes};
    ByteReader reader(bytes);
    const std::size_t count = reader.u32();
    const auto area = target.size().area();
    if (count > static_cast<std::size_t>(area))
      return fail(ErrorCode::kTooLarge,
                  fmt::format("RRE: {} subrectangles in a rectangle of {} pixels", count, area));
    const auto body_bytes =
        head_bytes + count * rre::subrectangle_bytes(kCoordinates, format.bytes_per_pixel());
    if (bytes.size() < body_bytes) return Need{0, body_bytes};
    if (!converter_ || converter_->format() != format) converter_.emplace(format);

    const auto pixels = target.pixels();
    fill(pixels, take_pixel(reader));
    std::int64_t painted = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto colour = take_pixel(reader);
      const int x = take_coordinate(reader), y = take_coordinate(reader);
      const int width = take_coordinate(reader), height = take_coordinate(reader);
      const image::Rect part{x, y, width, height};
      if (!image::Rect::of(pixels.size()).contains(part))
        return fail(ErrorCode::kInvalid,
                    fmt::format("RRE: a subrectangle {}x{} at {},{} in a rectangle of {}x{}", width,
                                height, x, y, pixels.width, pixels.height));
      painted += part.area();
      if (painted > kLayersMax * area)
        return fail(ErrorCode::kTooLarge,
                    fmt::format("RRE: the subrectangles paint more than {} times the rectangle",
                                kLayersMax));
      fill(pixels.crop(part), colour);
    }
    return Need{body_bytes, 1};
  }

 private:
  std::uint32_t take_pixel(ByteReader& reader) const {
    const int size = converter_->bytes_per_pixel();
    const auto bytes = reader.take(static_cast<std::size_t>(size));
    return converter_->to_bgrx(image::load_wire_word(bytes.data(), size));
  }

  static int take_coordinate(ByteReader& reader) {
    return kCoordinates == Coordinates::kTwoBytes ? reader.u16() : reader.u8();
  }

  std::optional<image::PixelConverter> converter_;  // of the format seen last
};

}  // namespace

std::unique_ptr<Decoder> make_rre_decoder() {
  return std::make_unique<RreDecoder<Coordinates::kTwoBytes>>();
}

std::unique_ptr<Decoder> make_corre_decoder() {
  return std::make_unique<RreDecoder<Coordinates::kOneByte>>();
}

}  // namespace oriel::codec

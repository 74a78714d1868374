#include "oriel/core/codec/copy_rect_decoder.h"

#include <cstring>

#include <fmt/format.h>

#include "oriel/base/byte_reader.h"

namespace oriel::codec {
namespace {

// Body: U16 x, y of the source. Source and target may overlap.
class CopyRectDecoder : public Decoder {
 public:
  Result<Need> decode(ByteSpan bytes, const image::PixelFormat&,
                      const DecodeTarget& target) override {
    constexpr std::size_t kBytes = 4;
    if (bytes.size() < kBytes) return Need{0, kBytes};
    ByteReader reader(bytes);
    const int x = reader.u16(), y = reader.u16();
    const auto& rect = target.rect;
    const image::Rect source{x, y, rect.width, rect.height};
    if (!image::Rect::of(target.frame.size()).contains(source))
      return fail(ErrorCode::kInvalid,
                  fmt::format("CopyRect: {}x{} from {},{} of a frame of {}x{}", rect.width,
                              rect.height, x, y, target.frame.width, target.frame.height));
    const auto from = target.frame.crop(source), to = target.pixels();
    const auto row_bytes = std::size_t{4} * rect.width;
    for (int i = 0; i < rect.height; ++i) {
      const int row = rect.y > y ? rect.height - 1 - i : i;  // what is still needed is not written
      std::memmove(to.row(row), from.row(row), row_bytes);
    }
    return Need{kBytes, 1};
  }
};

}  // namespace

std::unique_ptr<Decoder> make_copy_rect_decoder() { return std::make_unique<CopyRectDecoder>(); }

}  // namespace oriel::codec

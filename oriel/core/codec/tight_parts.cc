#include "oriel/core/codec/tight_parts.h"

#include <algorithm>

#include <fmt/format.h>

#include "oriel/core/codec/tight_format.h"

namespace oriel::codec {

TightLength read_tight_length(ByteSpan bytes) {
  if (bytes.empty()) return {};
  if (bytes[0] < 128) return {bytes[0], 1};
  if (bytes.size() < 2) return {};
  const std::size_t low = bytes[0] & 127, middle = bytes[1] & 127;
  if (bytes[1] < 128) return {low | middle << 7, 2};
  if (bytes.size() < 3) return {};
  return {low | middle << 7 | std::size_t{bytes[2]} << 14, 3};
}

Need decode_tight_fill(ByteSpan body, const TightPixels& pixels,
                       const image::MutableFrameView& target) {
  const auto body_bytes = 1 + pixels.bytes();
  if (body.size() < body_bytes) return {0, body_bytes};
  const auto colour = pixels.restore(body.data() + 1);
  for (int y = 0; y < target.height; ++y) std::fill_n(target.row(y), target.width, colour);
  return {body_bytes, 1};
}

Result<Need> decode_tight_picture(
    ByteSpan body, const image::MutableFrameView& target,
    const std::function<Status(ByteSpan file, const image::MutableFrameView& target)>& decode) {
  const auto length = read_tight_length(body.subspan(1));
  if (length.bytes == 0) return Need{0, body.size() + 1};
  const auto max_length = tight::max_picture_bytes(target.size());
  if (length.value > max_length)
    return fail(ErrorCode::kTooLarge,
                fmt::format("Tight: a picture of {} bytes for {}x{} pixels, at most {}",
                            length.value, target.width, target.height, max_length));
  const auto head_bytes = 1 + length.bytes;
  if (body.size() < head_bytes + length.value) return Need{0, head_bytes + length.value};
  ORIEL_TRY_VOID(decode(body.subspan(head_bytes, length.value), target));
  return Need{head_bytes + length.value, 1};
}

}  // namespace oriel::codec

#pragma once
// The parts of a Tight body that TightPNG has, too.

#include <functional>

#include "oriel/core/codec/decoder.h"
#include "oriel/core/codec/tight_pixels.h"

namespace oriel::codec {

// A length of one to three bytes; `bytes` is 0 when they are not all there.
struct TightLength {
  std::size_t value = 0;
  std::size_t bytes = 0;
};
TightLength read_tight_length(ByteSpan bytes);

// The whole body of a fill.
Need decode_tight_fill(ByteSpan body, const TightPixels& pixels,
                       const image::MutableFrameView& target);

// The whole body of a picture, whose file `decode` puts into `target`.
Result<Need> decode_tight_picture(
    ByteSpan body, const image::MutableFrameView& target,
    const std::function<Status(ByteSpan file, const image::MutableFrameView& target)>& decode);

}  // namespace oriel::codec

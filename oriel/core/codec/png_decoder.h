#pragma once
// PNG files from any server into a frame, by libspng. For pictures with alpha see image/png.h.

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/image/frame_view.h"

namespace oriel::codec {

// Decodes `file` (any PNG), which must have the size of `target`; alpha is dropped, pad bytes
// become zero. kInvalid for what is no such PNG; then `target` may be partly written. Pure.
Status decode_png(ByteSpan file, const image::MutableFrameView& target);

}  // namespace oriel::codec

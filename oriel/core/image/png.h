#pragma once
// PNG files, read and written by libpng. Pure.

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/image/rgba_image.h"

namespace oriel::image {

// Any PNG (palette, grey, 16 bits, interlaced) as 8 bits per channel.
// Errors: kInvalid for what is no whole PNG, kTooLarge beyond `max_pixels`, before memory is taken.
Result<RgbaImage> parse_png(ByteSpan file, std::int64_t max_pixels = kMaxPicturePixels);

// Without alpha when every pixel is opaque. Compressed for speed: someone waits for it.
Bytes write_png(const RgbaImage& image);

}  // namespace oriel::image

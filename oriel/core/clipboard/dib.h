#pragma once
// Device independent bitmaps, which is how pictures travel in RFB's extended clipboard: a
// BITMAPINFOHEADER or one of its successors, perhaps masks and a palette, and pixels; no file
// header (Microsoft, "BITMAPV5HEADER"). Pure.

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/image/rgba_image.h"

namespace oriel::clipboard {

// Reads headers of 40 (BITMAPINFOHEADER), 52, 56, 108 (V4) and 124 (V5) bytes; 1, 4 and 8 bits per
// pixel with a palette, 16, 24 and 32 bits; BI_RGB and BI_BITFIELDS; rows from the bottom or from
// the top. Opaque where the bitmap has no alpha. Colour spaces are not looked at.
// Errors: kInvalid for what is broken or ends early, kUnsupported for compressed pixels, kTooLarge
// beyond `max_pixels`, before memory is taken.
Result<image::RgbaImage> parse_dib(ByteSpan dib,
                                   std::int64_t max_pixels = image::kMaxPicturePixels);

// A V5 header, 32 bits per pixel with alpha, BI_BITFIELDS, rows from the bottom.
Bytes write_dib(const image::RgbaImage& image);

// What the extended clipboard has and what programs on a desktop have, each made of the other.
Result<Bytes> dib_to_png(ByteSpan dib);
Result<Bytes> png_to_dib(ByteSpan png);

}  // namespace oriel::clipboard

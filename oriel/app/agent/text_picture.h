#pragma once
// A picture as tesseract reads it best: grey, and with larger letters. Pure.

#include "oriel/base/bytes.h"
#include "oriel/core/image/frame_view.h"

namespace oriel::agent {

// tesseract wants letters of about 30 pixels, and those of a screen have 8 to 15: three times as
// large, or as large as can be for pictures of many pixels, which would take it too long. 1 to 3.
int text_scale(image::Size size);

// `picture`, not empty, `scale` times as large, smoothed by Lanczos' filter, its darkest pixel
// black and its brightest white: without these small letters and those on colours are not read. As
// a PGM file (netpbm, "P5").
Bytes text_picture(const image::FrameView& picture, int scale);

}  // namespace oriel::agent

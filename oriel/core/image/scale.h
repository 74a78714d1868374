#pragma once
// Smaller pictures. Pure.

#include "oriel/core/image/frame.h"

namespace oriel::image {

// `source` at `size`, which is at least 1x1 and at most as wide and high as the source: each pixel
// is the mean of those that it stands for.
Frame scale_down(const FrameView& source, Size size);

}  // namespace oriel::image

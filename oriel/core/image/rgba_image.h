#pragma once
// A picture that may be see-through, as image files have it: not what a screen shows (frame.h).

#include "oriel/base/bytes.h"
#include "oriel/core/image/rect.h"

namespace oriel::image {

// The most pixels that a picture from a stranger may have: a 4K screen and some, 40 MB.
inline constexpr std::int64_t kMaxPicturePixels = 10'000'000;

struct RgbaImage {
  Size size;
  Bytes pixels;  // red, green, blue, alpha (not premultiplied); rows from the top, without gaps

  friend bool operator==(const RgbaImage&, const RgbaImage&) = default;
};

}  // namespace oriel::image

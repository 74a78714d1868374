#pragma once
// New pixels for a part of the desktop, lent: what a capture gives and a commit takes.

#include "oriel/core/image/frame_view.h"
#include "oriel/core/image/rect.h"

namespace oriel::screen {

struct Patch {
  image::Rect rect;         // where on the desktop
  image::FrameView pixels;  // as large as `rect`
};

}  // namespace oriel::screen

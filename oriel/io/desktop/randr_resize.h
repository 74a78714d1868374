#pragma once
// Gives a virtual X screen (Xvfb) another size by RANDR: a mode of that size on its only output.

#include "oriel/base/result.h"
#include "oriel/core/image/rect.h"

namespace oriel::desktop {

class X11Display;

// Waits for the server (about 1 to 4 ms); for start-up. Xvfb shrinks to any size, and grows up to
// the size it was started with.
Status resize_screen(X11Display& display, image::Size size);

}  // namespace oriel::desktop

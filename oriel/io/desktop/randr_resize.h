#pragma once
// Gives a virtual X screen (Xvfb) another size by RANDR: a mode of that size on its only output.

#include <functional>

#include "oriel/base/result.h"
#include "oriel/core/image/rect.h"

namespace oriel::desktop {

class X11Display;

// Waits for the server (about 1 to 4 ms); for start-up. Xvfb shrinks to any size, and grows up to
// the size it was started with.
Status resize_screen(X11Display& display, image::Size size);

// The same without waiting: three round trips on the loop, then `done`, once. `display` must live
// until then, or be destroyed without `done` being called. The display's listener hears of the size
// as of any other.
void resize_screen_later(X11Display& display, image::Size size,
                         std::move_only_function<void(Status)> done);

}  // namespace oriel::desktop

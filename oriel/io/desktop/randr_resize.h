#pragma once
// Gives an X screen of one output another size by RANDR: a mode of that size on that output.

#include <functional>

#include "oriel/base/result.h"
#include "oriel/core/image/rect.h"

namespace oriel::desktop {

class X11Display;

// Waits for the server (about 1 to 4 ms); for start-up. Xvfb shrinks to any size, and grows up to
// the size it was started with.
Status resize_screen(X11Display& display, image::Size size);

// The same without waiting: some round trips on the loop, then `done`, once. A screen that cannot
// have the size shows what it has shown before. `display` must live
// until then, or be destroyed without `done` being called. The display's listener hears of the size
// as of any other.
void resize_screen_later(X11Display& display, image::Size size,
                         std::move_only_function<void(Status)> done);

}  // namespace oriel::desktop

#pragma once
// The row "x11" of the desktop table: a running X display, opened beside the loop, and looked for
// again when it goes.

#include "oriel/app/desktops/desktop_table.h"

namespace oriel::desktops {

DesktopOpening open_x11_display(DesktopRequest request, DesktopOpened opened);

}  // namespace oriel::desktops

#pragma once
// The row "headless" of the desktop table: supervisor, X server and session started, joined to one
// desktop, and ended.

#include "oriel/app/desktops/desktop_table.h"

namespace oriel::desktops {

DesktopOpening open_headless(DesktopRequest request, DesktopOpened opened);

}  // namespace oriel::desktops

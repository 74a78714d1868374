#pragma once
// The rows "vnc", "ws" and their like of the desktop table: another VNC server, connected to beside
// the loop, and again when it goes.

#include "oriel/app/desktops/desktop_table.h"

namespace oriel::desktops {

DesktopOpening open_remote(DesktopRequest request, DesktopOpened opened);

}  // namespace oriel::desktops

#pragma once
// Which section stands where. Pure.

#include <vector>

#include "oriel/app/monitor/tui/grid.h"
#include "oriel/app/monitor/tui/section.h"

namespace oriel::monitor::tui {

struct Placed {
  Section section;
  Area area;

  friend bool operator==(const Placed&, const Placed&) = default;
};

// Boxes for what the host sends, side by side where the width allows it, without overlap and
// without gaps between them. What finds no room is left out: sensors first, the processor last.
// Empty when not even one box fits: then lines without boxes serve better.
std::vector<Placed> lay_out(const Reading& reading, const Area& body);

}  // namespace oriel::monitor::tui

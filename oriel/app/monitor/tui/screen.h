#pragma once
// The whole screen: header, news, sections or the overview of all hosts, keys.

#include <cstddef>
#include <vector>

#include "oriel/app/monitor/tui/grid.h"
#include "oriel/app/monitor/tui/model.h"
#include "oriel/app/monitor/tui/view.h"
#include "oriel/base/time.h"

namespace oriel::monitor::tui {

struct Screen {
  std::vector<HitArea> hits;
  std::size_t scroll_max = 0;  // view.scroll says no more than this
};

// Draws on an empty grid of any size. `now` is of the clock of HostModel::last_arrival.
Screen draw_screen(Grid& grid, const Model& model, const View& view, TimePoint now);

// Parts of it, each with a file of its own.
void draw_overview(Canvas canvas, const Model& model, const View& view, Screen& screen);
void draw_help(Canvas canvas);
// Without boxes: the most important figures line by line, then processes.
void draw_lines(Canvas canvas, const HostModel& host, const View& view, Screen& screen);

}  // namespace oriel::monitor::tui

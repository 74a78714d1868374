#pragma once
// Graphs and bars in cells. Values that are not known are NaN and leave a gap.

#include <span>

#include "oriel/app/monitor/tui/grid.h"

namespace oriel::monitor::tui {

enum class Glyphs {
  kBraille,  // two values in each cell, four steps high
  kBlocks,   // one value, eight steps
  kAscii,    // one value, one step
};

// Values that one cell of a graph shows.
constexpr int values_per_cell(Glyphs glyphs) { return glyphs == Glyphs::kBraille ? 2 : 1; }

struct GraphLook {
  Glyphs glyphs = Glyphs::kBraille;
  // kLevel0: each row has the colour of its height. Else the colour.
  Colour colour = Colour::kLevel0;
  bool hangs = false;  // from the top, as the lower half of a pair
};

// The latest value is at the right; those that do not fit are left out. A known value shows at
// least its lowest step. scale: the value of a full graph, greater than 0.
void draw_graph(Canvas canvas, std::span<const float> values, double scale, const GraphLook& look);

// One row: filled to `percent`, the rest dotted.
void draw_bar(Canvas canvas, double percent, Style style, Glyphs glyphs);

// A block of one cell, of eight heights.
char32_t height_glyph(double percent, Glyphs glyphs);

}  // namespace oriel::monitor::tui

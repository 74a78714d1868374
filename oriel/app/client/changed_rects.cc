#include "oriel/app/client/changed_rects.h"

namespace oriel::client {
namespace {

using image::Rect;

bool continues_right(const Rect& left, const Rect& right) {
  return left.right() == right.x && left.y == right.y && left.height == right.height;
}

bool continues_down(const Rect& above, const Rect& below) {
  return above.bottom() == below.y && above.x == below.x && above.width == below.width;
}

// Joins the rectangles of one row of cells, from the index `row` on, to those of the row above,
// from `above` on.
void join_rows(std::vector<Rect>& rects, std::size_t above, std::size_t row) {
  std::size_t kept = row;
  for (std::size_t i = row; i < rects.size(); ++i) {
    bool is_joined = false;
    for (std::size_t k = above; k < row && !is_joined; ++k) {
      if (!continues_down(rects[k], rects[i])) continue;
      rects[k] = rects[k].united(rects[i]);
      is_joined = true;
    }
    if (!is_joined) rects[kept++] = rects[i];
  }
  rects.resize(kept);
}

}  // namespace

std::vector<Rect> changed_rects(const screen::Screen& screen, const Rect& bounds) {
  std::vector<Rect> rects;
  const auto cells = screen.grid().cells_touched(bounds);
  std::size_t above = 0;
  for (int row = cells.y; row < cells.bottom(); ++row) {
    const auto begin = rects.size();
    for (int column = cells.x; column < cells.right(); ++column) {
      const auto& history = screen.history(column, row);
      if (history.count == 0 || history.changes[0].generation != screen.generation()) continue;
      const auto& rect = history.changes[0].rect;
      if (rects.size() > begin && continues_right(rects.back(), rect))
        rects.back() = rects.back().united(rect);
      else
        rects.push_back(rect);
    }
    // A row that was joined away whole leaves its own behind it to be joined to.
    join_rows(rects, above, begin);
    if (rects.size() > begin) above = begin;
  }
  return rects;
}

}  // namespace oriel::client

#include "oriel/core/screen/sent_cells.h"

#include "oriel/base/check.h"

namespace oriel::screen {

image::Rect SentCells::newer_part(const Screen& screen, int column, int row) const {
  ORIEL_CHECK(sent_.size() == screen.grid().count());
  const auto sent = sent_generation(screen.grid().index(column, row));
  const auto& history = screen.history(column, row);
  if (sent == 0) return screen.grid().cell(column, row);  // never sent
  if (history.count == 0 || history.changes[0].generation <= sent) return {};
  image::Rect part;
  for (int i = 0; i < history.count; ++i) {
    if (history.changes[i].generation <= sent) return part;
    part = part.united(history.changes[i].rect);
  }
  // All that is remembered is newer; when something has been forgotten it may be newer too.
  return history.count < CellHistory::kKept ? part : screen.grid().cell(column, row);
}

std::vector<image::Rect> SentCells::lacking(const Screen& screen,
                                            const image::Region& wanted) const {
  std::vector<image::Rect> parts;
  const auto touched = screen.grid().cells_touched(wanted.bounds());
  for (int row = touched.y; row < touched.bottom(); ++row) {
    for (int column = touched.x; column < touched.right(); ++column) {
      const auto newer = newer_part(screen, column, row);
      if (newer.is_empty()) continue;
      for (const auto& rect : wanted.rects())
        if (auto part = newer.intersected(rect); !part.is_empty()) parts.push_back(part);
    }
  }
  for (const auto& again : missing_.rects())
    for (const auto& rect : wanted.rects())
      if (auto part = again.intersected(rect); !part.is_empty()) parts.push_back(part);
  return parts;
}

bool SentCells::is_lacking(const Screen& screen, const image::Region& wanted) const {
  for (const auto& rect : wanted.rects())
    if (missing_.intersects(rect)) return true;
  const auto touched = screen.grid().cells_touched(wanted.bounds());
  for (int row = touched.y; row < touched.bottom(); ++row)
    for (int column = touched.x; column < touched.right(); ++column)
      if (auto newer = newer_part(screen, column, row);
          !newer.is_empty() && wanted.intersects(newer))
        return true;
  return false;
}

void SentCells::mark_sent(const Screen& screen, const image::Region& wanted) {
  if (wanted.covers(image::Rect::of(screen.size()))) {
    uniform_ = screen.generation();
    missing_.clear();
    return;
  }
  if (uniform_) {
    sent_.assign(sent_.size(), *uniform_ << 1);
    uniform_.reset();
  }
  const auto touched = screen.grid().cells_touched(wanted.bounds());
  for (int row = touched.y; row < touched.bottom(); ++row) {
    for (int column = touched.x; column < touched.right(); ++column) {
      const auto newer = newer_part(screen, column, row);
      if (newer.is_empty() || !wanted.intersects(newer)) continue;
      image::Region rest(newer);
      for (const auto& rect : wanted.rects()) rest.subtract(rect);
      for (const auto& rect : rest.rects()) missing_.add(rect);
      sent_[screen.grid().index(column, row)] = screen.generation() << 1;
    }
  }
  for (const auto& rect : wanted.rects()) missing_.subtract(rect);
}

}  // namespace oriel::screen

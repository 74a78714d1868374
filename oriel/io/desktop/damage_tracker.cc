#include "oriel/io/desktop/damage_tracker.h"

#include <algorithm>
#include <utility>

#include "oriel/io/desktop/limits.h"

namespace oriel::desktop {

using image::Rect;

void DamageTracker::reset(image::Size bounds) {
  bounds_ = bounds;
  columns_ = (bounds.width + kDamageCellPx - 1) / kDamageCellPx;
  const int rows = (bounds.height + kDamageCellPx - 1) / kDamageCellPx;
  cells_.assign(static_cast<std::size_t>(columns_) * rows, 0);
  is_grid_ = false;
  rects_.assign(1, Rect::of(bounds));
}

void DamageTracker::add(const Rect& rect) {
  const Rect inside = rect.intersected(Rect::of(bounds_));
  if (inside.is_empty()) return;
  if (is_grid_) return add_to_grid(inside);
  for (const Rect& known : rects_) {
    if (known.contains(inside)) return;
  }
  std::erase_if(rects_, [&](const Rect& known) { return inside.contains(known); });
  if (rects_.size() < kMaxDamageRects) {
    rects_.push_back(inside);
    return;
  }
  is_grid_ = true;
  for (const Rect& known : rects_) add_to_grid(known);
  rects_.clear();
  add_to_grid(inside);
}

void DamageTracker::add_to_grid(const Rect& rect) {
  const int left = rect.x / kDamageCellPx;
  const int right = (rect.right() - 1) / kDamageCellPx;
  for (int row = rect.y / kDamageCellPx; row <= (rect.bottom() - 1) / kDamageCellPx; ++row) {
    auto* cells = cells_.data() + static_cast<std::size_t>(row) * columns_;
    std::fill(cells + left, cells + right + 1, std::uint8_t{1});
  }
}

std::vector<Rect> DamageTracker::take() {
  if (is_grid_) return take_grid();
  return std::exchange(rects_, {});
}

// Runs of cells in a row, each joined with the same run of the row above.
std::vector<Rect> DamageTracker::take_grid() {
  std::vector<Rect> joined;
  std::size_t above = 0;  // where the previous row's rectangles begin in `joined`
  const int rows = columns_ == 0 ? 0 : static_cast<int>(cells_.size()) / columns_;
  for (int row = 0; row < rows; ++row) {
    const auto* cells = cells_.data() + static_cast<std::size_t>(row) * columns_;
    std::vector<Rect> runs;
    for (int column = 0; column < columns_; ++column) {
      if (cells[column] == 0) continue;
      const int first = column;
      while (column < columns_ && cells[column] != 0) ++column;
      const Rect run{first * kDamageCellPx, row * kDamageCellPx, (column - first) * kDamageCellPx,
                     kDamageCellPx};
      runs.push_back(run.intersected(Rect::of(bounds_)));
    }
    // Rectangles that the row continues move behind those that it ends.
    auto ended = joined.begin() + static_cast<std::ptrdiff_t>(above);
    auto is_continued = [&](const Rect& old) {
      return std::ranges::any_of(
          runs, [&](const Rect& run) { return run.x == old.x && run.width == old.width; });
    };
    auto continued = std::stable_partition(ended, joined.end(),
                                           [&](const Rect& old) { return !is_continued(old); });
    above = static_cast<std::size_t>(continued - joined.begin());
    const std::size_t known = joined.size();
    for (const Rect& run : runs) {
      auto same =
          std::find_if(joined.begin() + static_cast<std::ptrdiff_t>(above),
                       joined.begin() + static_cast<std::ptrdiff_t>(known),
                       [&](const Rect& old) { return old.x == run.x && old.width == run.width; });
      if (same != joined.begin() + static_cast<std::ptrdiff_t>(known)) {
        same->height = run.bottom() - same->y;
      } else {
        joined.push_back(run);
      }
    }
  }
  std::ranges::fill(cells_, std::uint8_t{0});
  is_grid_ = false;
  return joined;
}

}  // namespace oriel::desktop

#pragma once
// The 64x64 grid on which changes are remembered.

#include <cstddef>

#include "oriel/core/image/rect.h"

namespace oriel::screen {

inline constexpr int kCellSize = 64;  // px: best with whole-row compares (docs/decisions/0009)

// Which cells exist, and where. Cells at the right and lower edge may be smaller. Immutable.
class CellGrid {
 public:
  explicit CellGrid(image::Size size)
      : size_(size),
        columns_((size.width + kCellSize - 1) / kCellSize),
        rows_((size.height + kCellSize - 1) / kCellSize) {}

  image::Size size() const { return size_; }
  int columns() const { return columns_; }
  int rows() const { return rows_; }
  std::size_t count() const { return static_cast<std::size_t>(columns_) * rows_; }
  std::size_t index(int column, int row) const {
    return static_cast<std::size_t>(row) * columns_ + column;
  }

  image::Rect cell(int column, int row) const {
    return image::Rect{column * kCellSize, row * kCellSize, kCellSize, kCellSize}.intersected(
        image::Rect::of(size_));
  }

  // The cells that `rect` (inside the screen) touches, as a rectangle of columns and rows.
  image::Rect cells_touched(const image::Rect& rect) const {
    if (rect.is_empty()) return {};
    return image::Rect::between(rect.x / kCellSize, rect.y / kCellSize,
                                (rect.right() - 1) / kCellSize + 1,
                                (rect.bottom() - 1) / kCellSize + 1);
  }

 private:
  image::Size size_;
  int columns_;
  int rows_;
};

}  // namespace oriel::screen

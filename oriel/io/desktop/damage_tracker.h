#pragma once
// Collects damage between two looks: as it came while it is little, united on a grid when it is too
// fine, so that its memory and the work behind it stay bounded whatever is drawn.

#include <cstdint>
#include <vector>

#include "oriel/core/image/rect.h"

namespace oriel::desktop {

// The network thread owns it.
class DamageTracker {
 public:
  explicit DamageTracker(image::Size bounds) { reset(bounds); }

  // Another geometry: all of it is damaged.
  void reset(image::Size bounds);
  // Adds what of `rect` lies inside the bounds.
  void add(const image::Rect& rect);
  bool empty() const { return rects_.empty() && !is_grid_; }
  // At most kMaxDamageRects rectangles as they were added, or disjoint ones made of whole cells.
  std::vector<image::Rect> take();

 private:
  void add_to_grid(const image::Rect& rect);
  std::vector<image::Rect> take_grid();

  image::Size bounds_;
  std::vector<image::Rect> rects_;
  // One byte per cell, row by row; means something only while is_grid_.
  std::vector<std::uint8_t> cells_;
  int columns_ = 0;
  bool is_grid_ = false;
};

}  // namespace oriel::desktop

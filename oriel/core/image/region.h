#pragma once
// A set of pixels as disjoint rectangles. One strand owns it.

#include <cstddef>
#include <span>
#include <vector>

#include "oriel/core/image/rect.h"

namespace oriel::image {

class Region {
 public:
  // Beyond this many rectangles a region becomes its bounding box: it may then hold more than was
  // added, never less.
  static constexpr std::size_t kMaxRects = 64;

  Region() = default;
  explicit Region(const Rect& rect) { add(rect); }

  // Empty rectangles add nothing.
  void add(const Rect& rect);
  void subtract(const Rect& rect);
  void clear() { rects_.clear(); }

  bool is_empty() const { return rects_.empty(); }
  // Disjoint, none of them empty.
  std::span<const Rect> rects() const { return rects_; }
  bool intersects(const Rect& rect) const;
  // True when every pixel of `rect` is in the region.
  bool covers(const Rect& rect) const;
  Rect bounds() const;

 private:
  std::vector<Rect> rects_;
};

// The parts of `rect` outside `hole`: at most four, disjoint; appended to `out`.
void append_difference(const Rect& rect, const Rect& hole, std::vector<Rect>& out);

}  // namespace oriel::image

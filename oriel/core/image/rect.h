#pragma once
// Points, sizes and rectangles in pixels; the origin is the upper left corner, right and bottom
// edges are exclusive.

#include <algorithm>
#include <cstdint>

namespace oriel::image {

struct Point {
  int x = 0;
  int y = 0;

  friend bool operator==(const Point&, const Point&) = default;
};

struct Size {
  int width = 0;
  int height = 0;

  constexpr std::int64_t area() const { return std::int64_t{width} * height; }
  friend bool operator==(const Size&, const Size&) = default;
};

struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  static Rect of(Size size) { return {0, 0, size.width, size.height}; }
  static Rect between(int left, int top, int right, int bottom) {
    return {left, top, right - left, bottom - top};
  }

  int right() const { return x + width; }
  int bottom() const { return y + height; }
  Size size() const { return {width, height}; }
  std::int64_t area() const { return is_empty() ? 0 : std::int64_t{width} * height; }
  bool is_empty() const { return width <= 0 || height <= 0; }
  bool contains(const Rect& inner) const {
    return inner.x >= x && inner.y >= y && inner.right() <= right() && inner.bottom() <= bottom();
  }
  bool contains(Point point) const {
    return point.x >= x && point.y >= y && point.x < right() && point.y < bottom();
  }
  bool intersects(const Rect& other) const {
    return x < other.right() && other.x < right() && y < other.bottom() && other.y < bottom() &&
           !is_empty() && !other.is_empty();
  }
  // The common part; empty ({0,0,0,0}) when there is none.
  Rect intersected(const Rect& other) const {
    if (!intersects(other)) return {};
    return between(std::max(x, other.x), std::max(y, other.y), std::min(right(), other.right()),
                   std::min(bottom(), other.bottom()));
  }
  // The smallest rectangle that holds both; an empty one adds nothing.
  Rect united(const Rect& other) const {
    if (is_empty()) return other;
    if (other.is_empty()) return *this;
    return between(std::min(x, other.x), std::min(y, other.y), std::max(right(), other.right()),
                   std::max(bottom(), other.bottom()));
  }

  friend bool operator==(const Rect&, const Rect&) = default;
  friend auto operator<=>(const Rect&, const Rect&) = default;
};

}  // namespace oriel::image

#include "oriel/app/agent/coordinate_scale.h"

#include <algorithm>
#include <cmath>

namespace oriel::agent {

using image::Point;
using image::Rect;
using image::Size;

namespace {

Size with_long_edge(Size screen, int long_edge) {
  const auto other = [&](int length, int of) {
    return std::max(1, static_cast<int>(std::lround(double(length) * long_edge / of)));
  };
  if (screen.width >= screen.height) return {long_edge, other(screen.height, screen.width)};
  return {other(screen.width, screen.height), long_edge};
}

bool is_within(Size size, const ModelLimits& limits) {
  const auto tiles = [&](int length) { return (length + limits.tile_px - 1) / limits.tile_px; };
  return std::max(size.width, size.height) <= limits.long_edge_px &&
         tiles(size.width) * tiles(size.height) <= limits.tiles_max;
}

int scaled_middle(int value, int from, int to) {
  return static_cast<int>((2 * std::int64_t{value} + 1) * to / (2 * std::int64_t{from}));
}

int scaled_down(int value, int from, int to) {
  return static_cast<int>(std::int64_t{value} * to / from);
}
int scaled_up(int value, int from, int to) {
  return static_cast<int>((std::int64_t{value} * to + from - 1) / from);
}

Rect scaled(const Rect& rect, Size from, Size to) {
  return Rect::between(scaled_down(rect.x, from.width, to.width),
                       scaled_down(rect.y, from.height, to.height),
                       scaled_up(rect.right(), from.width, to.width),
                       scaled_up(rect.bottom(), from.height, to.height));
}

}  // namespace

CoordinateScale CoordinateScale::for_model(Size screen, const ModelLimits& limits) {
  if (is_within(screen, limits)) return CoordinateScale(screen);
  int fits = 1, too_large = std::max(screen.width, screen.height);
  while (too_large - fits > 1) {
    const int middle = (fits + too_large) / 2;
    (is_within(with_long_edge(screen, middle), limits) ? fits : too_large) = middle;
  }
  return {screen, with_long_edge(screen, fits)};
}

CoordinateScale CoordinateScale::for_long_edge(Size screen, int long_edge_px) {
  if (std::max(screen.width, screen.height) <= long_edge_px) return CoordinateScale(screen);
  return {screen, with_long_edge(screen, long_edge_px)};
}

Point CoordinateScale::to_screen(Point in_picture) const {
  return {scaled_middle(in_picture.x, picture_.width, screen_.width),
          scaled_middle(in_picture.y, picture_.height, screen_.height)};
}

Point CoordinateScale::to_picture(Point on_screen) const {
  return {scaled_middle(on_screen.x, screen_.width, picture_.width),
          scaled_middle(on_screen.y, screen_.height, picture_.height)};
}

Rect CoordinateScale::to_screen(const Rect& in_picture) const {
  return scaled(in_picture, picture_, screen_);
}

Rect CoordinateScale::to_picture(const Rect& on_screen) const {
  return scaled(on_screen, screen_, picture_);
}

}  // namespace oriel::agent

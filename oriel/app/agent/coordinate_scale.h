#pragma once
// Between the screen and the smaller picture of it that a model sees. Pure.

#include "oriel/core/image/rect.h"

namespace oriel::agent {

// What a model looks at without making it smaller itself, which would move every place that it
// names.
struct ModelLimits {
  int long_edge_px = 1568;
  int tile_px = 28;
  int tiles_max = 1568;
};

// Immutable.
class CoordinateScale {
 public:
  // One to one.
  explicit CoordinateScale(image::Size screen) : CoordinateScale(screen, screen) {}
  CoordinateScale(image::Size screen, image::Size picture) : screen_(screen), picture_(picture) {}
  // The largest picture of the screen within the limits, of its shape, never enlarged.
  static CoordinateScale for_model(image::Size screen, const ModelLimits& limits = {});
  // The longer edge at most so many pixels.
  static CoordinateScale for_long_edge(image::Size screen, int long_edge_px);

  image::Size screen() const { return screen_; }
  image::Size picture() const { return picture_; }

  // The middle of what the picture's pixel shows. A place on the picture is on the screen.
  image::Point to_screen(image::Point in_picture) const;
  image::Point to_picture(image::Point on_screen) const;
  // All that has to do with the rectangle.
  image::Rect to_screen(const image::Rect& in_picture) const;
  image::Rect to_picture(const image::Rect& on_screen) const;

 private:
  image::Size screen_;
  image::Size picture_;
};

}  // namespace oriel::agent

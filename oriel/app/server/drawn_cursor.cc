#include "oriel/app/server/drawn_cursor.h"

#include <cstring>

namespace oriel::server {

using image::Rect;

void CursorOnScreen::pointer_moved() {
  if (cursor_.position != placed_at_) place_anew();
}

void CursorOnScreen::screen_resized(image::Size screen) {
  screen_ = screen;
  place_anew();
}

image::Point CursorOnScreen::origin() const {
  return {cursor_.position->x - cursor_.shape->hotspot.x,
          cursor_.position->y - cursor_.shape->hotspot.y};
}

void CursorOnScreen::place_anew() {
  placed_ = {};
  placed_at_ = cursor_.position;
  if (!cursor_.shape || !cursor_.position) return;
  const auto size = cursor_.shape->size;
  const auto rect =
      Rect{origin().x, origin().y, size.width, size.height}.intersected(Rect::of(screen_));
  if (!rect.is_empty()) placed_ = {++last_number_, rect};
}

image::Frame CursorOnScreen::compose(const image::FrameView& screen, const Rect& rect) const {
  image::Frame frame(rect.size());
  const auto pixels = frame.mutable_view();
  const auto below = screen.crop(rect);
  for (int y = 0; y < rect.height; ++y)
    std::memcpy(pixels.row(y), below.row(y), std::size_t{4} * rect.width);
  if (placed_.number != 0)
    image::draw(*cursor_.shape, {origin().x - rect.x, origin().y - rect.y}, pixels);
  return frame;
}

void DrawnCursor::show(const PlacedCursor& cursor, const Rect& bounds, screen::SentCells& sent) {
  sent.forget(shown_.rect.intersected(bounds));
  sent.forget(cursor.rect);
  shown_ = cursor;
}

}  // namespace oriel::server

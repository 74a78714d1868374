#include "oriel/app/server/drawn_cursor.h"

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
  auto frame = image::Frame::copy_of(screen.crop(rect));
  if (placed_.number != 0)
    image::draw(*cursor_.shape, {origin().x - rect.x, origin().y - rect.y}, frame.mutable_view());
  return frame;
}

void DrawnCursor::show(const PlacedCursor& cursor, const Rect& bounds, screen::SentCells& sent) {
  sent.forget(shown_.rect.intersected(bounds));
  sent.forget(cursor.rect);
  shown_ = cursor;
}

}  // namespace oriel::server

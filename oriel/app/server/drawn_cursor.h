#pragma once
// The mouse cursor in the pixels of viewers that know no cursor encoding: where it stands, what it
// looks like over the screen, and what of it a viewer has. The screen itself never has a cursor.

#include <cstdint>

#include "oriel/app/server/cursor_news.h"
#include "oriel/core/image/frame.h"
#include "oriel/core/screen/sent_cells.h"

namespace oriel::server {

// A cursor at its place on the screen.
struct PlacedCursor {
  // Another one for another shape or place; 0: none is to be seen.
  std::uint64_t number = 0;
  image::Rect rect;  // what it covers, inside the screen; empty when none is to be seen
};

// The one cursor of a desktop on its screen. Lives on the network thread's loop.
class CursorOnScreen {
 public:
  // `cursor` must outlive it; a screen of no size has none to show.
  explicit CursorOnScreen(const DesktopCursor& cursor) : cursor_(cursor) {}

  void shape_changed() { place_anew(); }
  void pointer_moved();
  void screen_resized(image::Size screen);

  const PlacedCursor& placed() const { return placed_; }
  // The pixels of `rect`, inside `screen`, with the cursor over them.
  image::Frame compose(const image::FrameView& screen, const image::Rect& rect) const;

 private:
  void place_anew();
  // Of the shape's upper left corner. Shape and position are known.
  image::Point origin() const;

  const DesktopCursor& cursor_;
  image::Size screen_;
  PlacedCursor placed_;
  std::optional<image::Point> placed_at_;  // the position that placed_ has
  std::uint64_t last_number_ = 0;
};

// What the pixels of one viewer show of it. Only the last one is kept: however far the pointer goes
// while a viewer takes nothing, it lacks no more than two places.
class DrawnCursor {
 public:
  bool is_shown(const PlacedCursor& cursor) const { return shown_.number == cursor.number; }
  // From its next update on the viewer is sent pixels with `cursor`: it lacks those where that is,
  // and those where the one before was. `bounds`: of the screen.
  void show(const PlacedCursor& cursor, const image::Rect& bounds, screen::SentCells& sent);

 private:
  PlacedCursor shown_;
};

}  // namespace oriel::server

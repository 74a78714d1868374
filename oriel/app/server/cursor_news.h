#pragma once
// What one viewer has not been told yet of the mouse cursor. Only that something is to be told is
// kept, so that a viewer that does not read accumulates nothing and gets the newest of it all.

#include <optional>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/core/image/cursor.h"
#include "oriel/core/image/pixel_format.h"
#include "oriel/core/rfb/cursor_message.h"

namespace oriel::server {

// The cursor of the desktop, as far as it is known.
struct DesktopCursor {
  std::optional<image::Cursor> shape;
  std::optional<image::Point> position;
};

// Whether viewers that know no cursor encoding have the cursor drawn into their pixels.
enum class CursorDrawing { kForWhoKnowsNone, kNever };

enum class PointerMover { kOtherViewer, kDesktop };

// Lives on the network thread's loop.
class CursorNews {
 public:
  // `cursor` must outlive it.
  explicit CursorNews(const DesktopCursor& cursor,
                      CursorDrawing drawing = CursorDrawing::kForWhoKnowsNone)
      : cursor_(cursor), drawing_(drawing) {}

  // The viewer has said what it understands.
  void capabilities_changed(const rfb::Capabilities& known);
  // The viewer wants another pixel format.
  void format_changed();
  void shape_changed();
  // PointerPos is told of both. VMware's position makes viewers move their own pointer, and tell us
  // of that: it is told only of what the desktop did, or two viewers would pull at one pointer for
  // ever.
  void pointer_moved(PointerMover mover);
  // The viewer has moved the pointer itself, and knows where it is.
  void viewer_moved_pointer();

  bool is_any() const { return shape_waits_ || position_waits_ || warp_waits_; }
  // The viewer sees the cursor in its pixels or not at all.
  bool is_drawn() const {
    return form_ == rfb::CursorForm::kNone && drawing_ == CursorDrawing::kForWhoKnowsNone;
  }
  bool follows_pointer() const { return knows_position_ || knows_warps_ || is_drawn(); }

  // Takes what is to be told: pseudo-rectangles, header and body, in the viewer's `format`.
  std::vector<Bytes> take(const image::PixelFormat& format);

 private:
  const DesktopCursor& cursor_;
  CursorDrawing drawing_;
  rfb::CursorForm form_ = rfb::CursorForm::kNone;
  bool knows_position_ = false;  // PointerPos
  bool knows_warps_ = false;     // VMware's cursor position
  bool shape_waits_ = false;
  bool position_waits_ = false;
  bool warp_waits_ = false;
};

}  // namespace oriel::server

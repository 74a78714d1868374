#pragma once
// The mouse cursor of an X display: its shape, by XFIXES, and where it is when something else than
// our input has moved it. Programs move it silently, so while somebody wants to know it is looked
// for after every sign of life, and a little longer; a desktop at rest is left alone.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "oriel/core/image/cursor.h"

namespace oriel::desktop {

class X11Display;
class X11Input;

// The network thread owns it.
class X11Cursor {
 public:
  struct Callbacks {
    std::move_only_function<void(const image::Cursor&)> shape_changed;
    std::move_only_function<void(image::Point)> pointer_moved;
  };

  // Both outlive it.
  X11Cursor(X11Display& display, X11Input& input, Callbacks callbacks);
  ~X11Cursor();

  // Asks for the shape of now and for word of others; without XFIXES there is none.
  void start();
  // XFIXES has told of another shape. However many there are, one is fetched at a time.
  void shape_changed();
  void follow_pointer(bool is_followed);
  // Something was drawn, or input was sent: the pointer may be moved now.
  void desktop_is_active();

 private:
  struct Timer;

  void fetch_shape();
  void look_for_pointer();
  void set_timer();

  X11Display& display_;
  X11Input& input_;
  Callbacks callbacks_;
  bool is_fetching_ = false;
  bool is_shape_stale_ = false;
  bool is_followed_ = false;
  bool is_looking_ = false;
  int looks_left_ = 0;
  std::optional<image::Point> position_;  // as told, or as our input put it
  std::uint64_t motions_ = 0;             // of our input, when position_ was known
  std::unique_ptr<Timer> timer_;
};

}  // namespace oriel::desktop

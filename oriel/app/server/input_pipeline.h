#pragma once
// How a key arrives: viewer's event -> may it act? -> the one keyboard and pointer of the desktop.
// Keeps apart what each viewer holds, so that what it held is released when it goes, and neither
// its modifiers nor its buttons mix with those of others:
// - A key or button goes down under the modifiers of its viewer alone. Those that others hold are
//   lifted for it and put back; programs see them go up and down.
// - There is one pointer. While a viewer holds buttons, others neither move it nor turn the wheel;
//   one that presses another button takes it over, and what was held is let go of where it is.

#include <cstdint>
#include <map>
#include <set>

#include "oriel/core/image/rect.h"
#include "oriel/io/desktop/desktop.h"

namespace oriel::server {

// Names a viewer; unique in the life of the server.
using ViewerId = std::uint64_t;

// Lives on the network thread's loop.
class InputPipeline {
 public:
  explicit InputPipeline(desktop::Desktop& desktop) : desktop_(desktop) {}

  // `scancode` is XT set 1, as in desktop.h; 0: not known.
  void key(ViewerId viewer, std::uint32_t keysym, bool is_down, std::uint32_t scancode = 0);
  // `position` is moved into the desktop when it lies outside. A move that changes no button waits
  // for flush, and the next such move replaces it: many positions in one batch reach the desktop as
  // the last of them. What changes a button is never held back or replaced.
  void pointer(ViewerId viewer, image::Point position, std::uint16_t buttons);
  // Where the pointer is, as far as is known, and where it is now without our doing.
  image::Point position() const { return position_; }
  void set_position(image::Point position) { position_ = position; }
  // Whether texts need Shift for capitals (desktop::InputSink).
  bool wants_shift() const { return desktop_.input().wants_shift(); }
  // After each batch of events.
  void flush();
  // The viewer has gone, or its input counts no longer: releases what it held.
  void forget(ViewerId viewer);

 private:
  struct Key {
    std::uint32_t keysym;
    std::uint32_t scancode;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Held {
    std::set<Key> keys;
    std::uint16_t buttons = 0;  // that are down on the desktop; of one viewer at a time
    std::uint16_t lifted = 0;   // that it holds still, but which another viewer has lifted
  };
  bool is_held_by_other(ViewerId viewer, const Key& key) const;
  // The modifiers that others hold and `viewer` does not.
  std::set<Key> modifiers_of_others(ViewerId viewer) const;
  bool is_other_dragging(ViewerId viewer) const;
  void take_pointer_over(ViewerId viewer);
  void send(const Key& key, bool is_down);
  void send_all(const std::set<Key>& keys, bool is_down);
  std::uint16_t all_buttons() const;
  void send_pointer();
  void send_pending_move();

  desktop::Desktop& desktop_;
  std::map<ViewerId, Held> held_;
  image::Point position_;
  std::uint16_t sent_buttons_ = 0;
  bool has_pending_move_ = false;
};

}  // namespace oriel::server

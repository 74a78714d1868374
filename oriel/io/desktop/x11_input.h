#pragma once
// Types and points on an X display by XTEST. Events that the server has not acknowledged are few;
// the rest waits here, so that a server that has stopped never stops the loop.

#include <cstdint>
#include <deque>
#include <functional>

#include "oriel/io/desktop/desktop.h"
#include "oriel/io/desktop/key_planner.h"
#include "oriel/io/desktop/limits.h"

namespace oriel::desktop {

class X11Display;

// The network thread owns it.
class X11Input : public InputSink {
 public:
  struct Stats {
    std::uint64_t unknown_keysyms = 0;  // the map does not have them
    std::uint64_t dropped = 0;          // the server was too slow
  };

  // `display` must outlive it. Waits once for the server, for the keyboard map.
  X11Input(X11Display& display, KeyRepeat repeat);

  void key(std::uint32_t keysym, bool is_down) override;
  void pointer(image::Point position, std::uint16_t buttons) override;
  void flush() override;

  // Lets go of every key and button that is down through this; flushes.
  void release_all();
  // Asks for the keyboard map again.
  void keyboard_changed();

  const Stats& stats() const { return stats_; }
  // Called with each keysym that is ignored because the map lacks it.
  void set_unknown_keysym_callback(std::move_only_function<void(std::uint32_t)> callback) {
    unknown_keysym_ = std::move(callback);
  }

 private:
  // One XTEST request: `type` is XCB_KEY_PRESS and so on.
  struct Event {
    std::uint8_t type;
    std::uint8_t detail;
    image::Point position;
  };

  void queue_keys(const std::vector<KeyStep>& steps);
  void queue_motion(image::Point position);
  void queue_button(int button, bool is_down);
  void send();
  void fetch_map();

  X11Display& display_;
  KeyPlanner planner_;
  std::deque<Event> queue_;
  std::size_t unacknowledged_ = 0;
  std::size_t since_acknowledgement_ = 0;
  std::uint16_t buttons_ = 0;
  image::Point position_{-1, -1};
  bool is_fetching_ = false;
  bool is_map_stale_ = false;
  Stats stats_;
  std::move_only_function<void(std::uint32_t)> unknown_keysym_;
};

}  // namespace oriel::desktop

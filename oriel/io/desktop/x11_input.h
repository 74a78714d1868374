#pragma once
// Types and points on an X display by XTEST. Any keysym arrives: what the keyboard map lacks is
// bound to a spare key first, and events wait in order while no spare key has rested enough. Events
// that the server has not acknowledged are few; the rest waits here, so that a server that has
// stopped never stops the loop.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

#include "oriel/io/desktop/desktop.h"
#include "oriel/io/desktop/key_planner.h"
#include "oriel/io/desktop/limits.h"
#include "oriel/io/desktop/spare_keys.h"

namespace oriel::desktop {

class X11Display;

// The network thread owns it.
class X11Input : public InputSink {
 public:
  struct Stats {
    std::uint64_t unknown_keysyms = 0;  // no character and not on the map, or no key to spare
    std::uint64_t dropped = 0;          // the server was too slow
    std::uint64_t bindings = 0;         // keysyms that were bound to spare keys
  };

  // `display` must outlive it. Waits once for the server, for the keyboard map.
  X11Input(X11Display& display, KeyRepeat repeat);
  // Lets go of everything and gives the spare keys back; waits for the server, at most
  // kRestoreTimeout.
  ~X11Input() override;
  X11Input(const X11Input&) = delete;
  X11Input& operator=(const X11Input&) = delete;

  void key(std::uint32_t keysym, bool is_down) override;
  void key_with_scancode(std::uint32_t keysym, std::uint32_t scancode, bool is_down) override;
  void pointer(image::Point position, std::uint16_t buttons) override;
  void flush() override;

  // How often it has moved the pointer, and where to; whether all of that has been sent.
  std::uint64_t motions() const { return motions_; }
  image::Point position() const { return position_; }
  bool is_settled() const { return queue_.empty() && waiting_.empty(); }
  // Somebody else has moved the pointer: the next motion counts, also one to where it was.
  void pointer_is_at(image::Point position) { position_ = position; }
  // Called when input has been sent.
  void set_sent_callback(std::move_only_function<void()> callback) { sent_ = std::move(callback); }

  // Lets go of every key and button that is down through this, and forgets what waits; flushes.
  void release_all();
  // Asks for the keyboard map again.
  void keyboard_changed();
  // `sequence`: of the last request that the server had done before.
  void state_changed(const KeyboardState& state, unsigned sequence);
  // Bits of KeyboardLed, as far as they are known.
  std::uint8_t leds() const;

  const Stats& stats() const { return stats_; }
  // Called with each keysym that is ignored.
  void set_unknown_keysym_callback(std::move_only_function<void(std::uint32_t)> callback) {
    unknown_keysym_ = std::move(callback);
  }

 private:
  // What a viewer did.
  struct Wish {
    enum class Kind { kKey, kScancode, kPointer } kind;
    bool is_down = false;
    std::uint32_t keysym = 0;
    std::uint32_t scancode = 0;
    image::Point position;
    std::uint16_t buttons = 0;
  };
  // One request: `type` is XCB_KEY_PRESS and so on for XTEST, or one of k...Request.
  struct Event {
    std::uint8_t type;
    std::uint8_t detail;
    image::Point position;
    std::uint32_t keysym = 0;
  };
  // While the server does the requests from `first` to before `last` the lasting state is set
  // aside.
  struct Aside {
    unsigned first;
    unsigned last;
  };
  struct Timer;
  enum class Outcome { kDone, kMustWait };

  void take(const Wish& wish);
  void wait_in_line(const Wish& wish);
  Outcome act(const Wish& wish);
  Outcome press(std::uint32_t keysym);
  void bind(std::uint32_t keysym, Keycode keycode);
  void bind_what_waits(TimePoint now);
  void move(image::Point position, std::uint16_t buttons);
  void ignore(std::uint32_t keysym);
  // Acts on what waits, as far as it can.
  void advance();
  void set_timer();

  void queue_keys(const std::vector<KeyStep>& steps);
  void queue_motion(image::Point position);
  void queue_button(int button, bool is_down);
  void send();
  void write(const Event& event);
  void set_lasting_state_aside();
  void turn_num_lock();
  void bring_lasting_state_back();
  void fetch_map();
  void take_map(Keycode first, int columns, std::vector<std::uint32_t> keysyms,
                std::span<const Keycode> modifiers, unsigned fetch);

  X11Display& display_;
  KeyPlanner planner_;
  SpareKeys spare_;
  // The fetch of the map that was the last when a key was bound: later ones show the binding.
  std::map<Keycode, unsigned> bound_after_fetch_;
  std::deque<Wish> waiting_;
  bool is_release_lost_ = false;
  std::unique_ptr<Timer> timer_;
  std::deque<Event> queue_;
  std::size_t unacknowledged_ = 0;
  std::size_t since_acknowledgement_ = 0;
  std::uint16_t buttons_ = 0;
  image::Point position_{-1, -1};
  std::uint64_t motions_ = 0;
  std::deque<Aside> aside_;
  unsigned fetches_ = 0;
  bool is_fetching_ = false;
  bool is_map_stale_ = false;
  Stats stats_;
  std::move_only_function<void(std::uint32_t)> unknown_keysym_;
  std::move_only_function<void()> sent_;
};

}  // namespace oriel::desktop

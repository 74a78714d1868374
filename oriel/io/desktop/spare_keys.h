#pragma once
// The keys that the keyboard map has nothing on, and the keysyms that are bound to them for now.
// The one that was used longest ago is bound anew, and not before it has rested after its last use:
// receivers read a changed map only when the next key arrives, and would type the new keysym for
// the old one (research: 17 of 300 characters right without a rest, 300 of 300 with it). The rest
// grows while a burst goes on (limits.h). Nor is one bound right after a key was pressed: a program
// loads the map at the first key that it gets, and asks for news of it only then (libX11). Pure.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "oriel/base/time.h"
#include "oriel/io/desktop/key_map.h"

namespace oriel::desktop {

// The network thread owns it. Keysyms are canonical ones (core/keys/keysym_unicode.h).
class SpareKeys {
 public:
  SpareKeys();

  struct Binding {
    Keycode keycode = 0;
    std::uint32_t keysym = 0;
  };

  // Other keys are spare now: bindings of keys that are no longer among them are forgotten.
  void set_keys(std::span<const Keycode> keycodes);
  // The keysym is gone from the key (another program has changed the map).
  void forget(Keycode keycode);

  bool empty() const { return keys_.empty(); }
  std::vector<Binding> bindings() const;
  // The key that carries the keysym.
  std::optional<Keycode> find(std::uint32_t keysym) const;
  // Binds the keysym to the key that has rested longest; nothing while none has rested enough, and
  // so soon after the last batch or the press of any key.
  std::optional<Keycode> bind(std::uint32_t keysym, TimePoint now);
  // The same in the batch that `bind` has just begun.
  std::optional<Keycode> bind_along(std::uint32_t keysym, TimePoint now);
  // The keysym is about to be typed: the key that carries it, if any, is not bound anew first.
  void keep(std::uint32_t keysym, TimePoint now);
  // From when on `bind` may succeed; nothing while every spare key is held, or events of any key
  // are not sent.
  std::optional<TimePoint> next_rested() const;
  // All are held down: nothing but a release will help.
  bool is_all_held() const;

  // An event of the key, a spare one or not, is on its way to the server, and then it is sent.
  void event_queued(Keycode keycode);
  void event_sent(Keycode keycode, bool is_down, TimePoint now);

 private:
  struct Key {
    Keycode keycode = 0;
    std::uint32_t keysym = 0;  // 0: free
    int unsent = 0;
    bool is_held = false;
    TimePoint last_use{};  // long ago, when never
  };
  Key* find_key(Keycode keycode);
  void count_reuse(TimePoint last_use, TimePoint now);

  std::vector<Key> keys_;
  Duration rest_;
  std::size_t reuses_ = 0;  // of keys that had just rested, since the rest has grown
  TimePoint last_bind_{};
  std::size_t unsent_ = 0;  // events of all keys
  TimePoint last_press_{};
};

}  // namespace oriel::desktop

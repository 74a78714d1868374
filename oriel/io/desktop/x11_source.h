#pragma once
// What every desktop on an X display has in common: damage, geometry, input, and its loss. How
// pixels are read is the matter of the classes on top.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "oriel/io/desktop/damage_tracker.h"
#include "oriel/io/desktop/desktop.h"
#include "oriel/io/desktop/x11_clipboard.h"
#include "oriel/io/desktop/x11_display.h"
#include "oriel/io/desktop/x11_input.h"

namespace oriel::desktop {

// The network thread owns it.
class X11Source : public Desktop, private X11Listener {
 public:
  image::Size size() const override { return display_->size(); }
  void start(DesktopListener& listener) override;
  std::vector<image::Rect> take_damage() override;
  InputSink& input() override { return input_; }
  Clipboard* clipboard() override { return &clipboard_; }
  X11Input& x11_input() { return input_; }
  X11Clipboard& x11_clipboard() { return clipboard_; }
  // Before `start`: which selections count; CLIPBOARD alone unless told otherwise.
  void choose_selections(ClipboardSelections selections) { selections_ = selections; }

 protected:
  X11Source(std::unique_ptr<X11Display> display, KeyRepeat repeat);

  X11Display& display() { return *display_; }
  const X11Display& display() const { return *display_; }
  // Counts `rects` as damaged again; said at the end of the batch of replies.
  void damage_again(const std::vector<image::Rect>& rects);

 private:
  void x11_damaged(const image::Rect& rect, DamagePart part) override;
  void x11_resized(image::Size size) override;
  void x11_keyboard_changed() override;
  void x11_keyboard_state(const KeyboardState& state, unsigned sequence) override;
  void x11_bell() override;
  void x11_selection_event(const void* event, SelectionEvent kind) override;
  void x11_batch_ended() override;
  void x11_lost(const Error& error) override;
  void announce();
  void look_again_after_flood();

  std::unique_ptr<X11Display> display_;
  X11Input input_;
  X11Clipboard clipboard_;
  ClipboardSelections selections_;
  DamageTracker damage_;
  DesktopListener* listener_ = nullptr;
  bool is_announced_ = false;
  std::uint8_t leds_ = 0;  // as told
  int looks_ = 0;
  // Of the batch that is being told.
  std::size_t events_ = 0;
  image::Rect last_operation_;
  bool is_operation_open_ = false;
};

}  // namespace oriel::desktop

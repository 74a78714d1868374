#pragma once
// What every desktop on an X display has in common: damage, geometry, input, and its loss. How
// pixels are read is the matter of the classes on top.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "oriel/io/desktop/damage_poller.h"
#include "oriel/io/desktop/damage_tracker.h"
#include "oriel/io/desktop/desktop.h"
#include "oriel/io/desktop/x11_clipboard.h"
#include "oriel/io/desktop/x11_cursor.h"
#include "oriel/io/desktop/x11_display.h"
#include "oriel/io/desktop/x11_input.h"
#include "oriel/io/desktop/x11_screens.h"

namespace oriel::desktop {

// The network thread owns it.
class X11Source : public Desktop, private X11Listener {
 public:
  image::Size size() const override { return display_->size(); }
  void start(DesktopListener& listener) override;
  std::vector<image::Rect> take_damage() override;
  // Without XTEST it takes everything and does nothing.
  InputSink& input() override { return *sink_; }
  Clipboard* clipboard() override { return display_->has_xfixes() ? &clipboard_ : nullptr; }
  void follow_pointer(bool is_followed) override { cursor_.follow_pointer(is_followed); }
  std::vector<ScreenPart> screens() const override { return screens_.layout(); }
  std::vector<std::string> shortcomings() const override;
  X11Input& x11_input() { return input_; }
  X11Clipboard& x11_clipboard() { return clipboard_; }
  // Before `start`: which selections count; CLIPBOARD alone unless told otherwise.
  void choose_selections(ClipboardSelections selections) { selections_ = selections; }

 protected:
  X11Source(std::unique_ptr<X11Display> display, KeyRepeat repeat);

  X11Display& display() { return *display_; }
  const X11Display& display() const { return *display_; }
  // To be called when a capture of `rects` has come to its end; no patches: it failed, and `rects`
  // count as damaged again, which is said at the end of the batch of replies.
  void captured(std::span<const image::Rect> rects, std::span<const screen::Patch> patches);

 private:
  class Sink;

  void x11_damaged(const image::Rect& rect, DamagePart part) override;
  void x11_resized(image::Size size) override;
  void x11_screens_changed() override;
  void x11_keyboard_changed() override;
  void x11_keyboard_state(const KeyboardState& state, unsigned sequence) override;
  void x11_bell() override;
  void x11_cursor_changed() override { cursor_.shape_changed(); }
  void x11_selection_event(const void* event, SelectionEvent kind) override;
  void x11_batch_ended() override;
  void x11_lost(const Error& error) override;
  void announce();
  void look_again_after_flood();

  std::unique_ptr<X11Display> display_;
  X11Input input_;
  std::unique_ptr<InputSink> sink_;
  X11Clipboard clipboard_;
  ClipboardSelections selections_;
  X11Screens screens_;
  X11Cursor cursor_;
  std::unique_ptr<DamagePoller> poller_;  // where the display has no DAMAGE
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

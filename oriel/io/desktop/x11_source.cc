#include "oriel/io/desktop/x11_source.h"

#include <utility>

namespace oriel::desktop {
namespace {

constexpr int kLooksPerSubtract = 64;
constexpr std::size_t kFloodEvents = 128;

}  // namespace

X11Source::X11Source(std::unique_ptr<X11Display> display, KeyRepeat repeat)
    : display_(std::move(display)),
      input_(*display_, repeat),
      clipboard_(
          *display_,
          [this](ClipboardFormats formats) { listener_->desktop_clipboard_changed(formats); }),
      damage_(display_->size()) {}

void X11Source::start(DesktopListener& listener) {
  listener_ = &listener;
  // The first events are at least the damage of the whole window, and its batch announces it.
  display_->start(*this);
  clipboard_.select(selections_);
}

std::vector<image::Rect> X11Source::take_damage() {
  is_announced_ = false;
  // At RawRectangles every draw is reported, whatever has been before: subtracting only keeps the
  // region small that the server accumulates. A wake-up of the server for each look would cost
  // more than the whole capture.
  if (++looks_ % kLooksPerSubtract == 0) {
    display_->subtract_damage();
    display_->flush();
  }
  return damage_.take();
}

void X11Source::damage_again(const std::vector<image::Rect>& rects) {
  for (const image::Rect& rect : rects) damage_.add(rect);
}

void X11Source::x11_damaged(const image::Rect& rect, DamagePart part) {
  damage_.add(rect);
  ++events_;
  last_operation_ = is_operation_open_ ? last_operation_.united(rect) : rect;
  is_operation_open_ = part == DamagePart::kMoreFollow;
}

void X11Source::x11_resized(image::Size size) {
  damage_.reset(size);
  listener_->desktop_resized(size);
}

void X11Source::x11_keyboard_changed() { input_.keyboard_changed(); }

void X11Source::x11_keyboard_state(const KeyboardState& state, unsigned sequence) {
  input_.state_changed(state, sequence);
}

void X11Source::x11_bell() { listener_->desktop_bell(); }

void X11Source::x11_selection_event(const void* event, SelectionEvent kind) {
  clipboard_.take_event(event, kind);
}

void X11Source::x11_batch_ended() {
  if (const std::uint8_t leds = input_.leds(); leds != leds_) {
    leds_ = leds;
    listener_->desktop_leds_changed(leds);
  }
  look_again_after_flood();
  announce();
}

// The server writes an event before it draws, and sends it afterwards; but when its output buffer
// (16 KB, 512 events) is full it sends at once, and a mapped framebuffer may be read before the
// last operation is in it. That one is looked at again when the server has finished it.
void X11Source::look_again_after_flood() {
  const bool is_flood = std::exchange(events_, 0) >= kFloodEvents;
  if (!is_flood || display_->is_lost()) return;
  display_->expect_answer([this, rect = last_operation_] { damage_.add(rect); });
  display_->flush();
}

void X11Source::x11_lost(const Error& error) {
  clipboard_.display_lost();
  listener_->desktop_lost(error);
}

void X11Source::announce() {
  if (is_announced_ || damage_.empty() || listener_ == nullptr) return;
  is_announced_ = true;
  listener_->desktop_damaged();
}

}  // namespace oriel::desktop

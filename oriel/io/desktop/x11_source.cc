#include "oriel/io/desktop/x11_source.h"

#include <utility>

namespace oriel::desktop {

X11Source::X11Source(std::unique_ptr<X11Display> display, KeyRepeat repeat)
    : display_(std::move(display)), input_(*display_, repeat), damage_(display_->size()) {}

void X11Source::start(DesktopListener& listener) {
  listener_ = &listener;
  // The first events are at least the damage of the whole window, and its batch announces it.
  display_->start(*this);
}

std::vector<image::Rect> X11Source::take_damage() {
  is_announced_ = false;
  return damage_.take();
}

void X11Source::damage_again(const std::vector<image::Rect>& rects) {
  for (const image::Rect& rect : rects) damage_.add(rect);
}

void X11Source::x11_damaged(const image::Rect& rect) { damage_.add(rect); }

void X11Source::x11_resized(image::Size size) {
  damage_.reset(size);
  listener_->desktop_resized(size);
}

void X11Source::x11_keyboard_changed() { input_.keyboard_changed(); }

void X11Source::x11_batch_ended() { announce(); }

void X11Source::x11_lost(const Error& error) { listener_->desktop_lost(error); }

void X11Source::announce() {
  if (is_announced_ || damage_.empty() || listener_ == nullptr) return;
  is_announced_ = true;
  listener_->desktop_damaged();
}

}  // namespace oriel::desktop

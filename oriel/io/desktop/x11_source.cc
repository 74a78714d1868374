#include "oriel/io/desktop/x11_source.h"

#include <fmt/core.h>

#include <utility>

namespace oriel::desktop {
namespace {

constexpr int kLooksPerSubtract = 64;
constexpr std::size_t kFloodEvents = 128;

}  // namespace

// The way of the input: past the poller, which looks more often then, and only where there is
// XTEST.
class X11Source::Sink final : public InputSink {
 public:
  explicit Sink(X11Source& source) : source_(source) {}

  void key(std::uint32_t keysym, bool is_down) override {
    if (can_act()) source_.input_.key(keysym, is_down);
  }
  void key_with_scancode(std::uint32_t keysym, std::uint32_t scancode, bool is_down) override {
    if (can_act()) source_.input_.key_with_scancode(keysym, scancode, is_down);
  }
  void pointer(image::Point position, std::uint16_t buttons) override {
    if (can_act()) source_.input_.pointer(position, buttons);
  }
  void flush() override {
    if (!can_act()) return;
    source_.input_.flush();
    if (source_.poller_) source_.poller_->input_came();
  }

 private:
  bool can_act() const { return source_.display_->has_xtest(); }

  X11Source& source_;
};

X11Source::X11Source(std::unique_ptr<X11Display> display, KeyRepeat repeat)
    : display_(std::move(display)),
      input_(*display_, repeat),
      sink_(std::make_unique<Sink>(*this)),
      clipboard_(
          *display_,
          [this](ClipboardFormats formats) { listener_->desktop_clipboard_changed(formats); }),
      screens_(*display_, [this] { listener_->desktop_screens_changed(); }),
      cursor_(*display_, input_,
              {[this](const image::Cursor& cursor) { listener_->desktop_cursor_changed(cursor); },
               [this](image::Point position) { listener_->desktop_pointer_moved(position); }}),
      damage_(display_->size()) {
  if (display_->has_damage()) return;
  poller_ = std::make_unique<DamagePoller>(display_->io(), display_->size(),
                                           [this] { listener_->desktop_damaged(); });
}

void X11Source::start(DesktopListener& listener) {
  listener_ = &listener;
  // The first events are at least the damage of the whole window, and its batch announces it.
  display_->start(*this);
  if (display_->has_xfixes()) {
    clipboard_.select(selections_);
    cursor_.start();
  }
  input_.set_sent_callback([this] { cursor_.desktop_is_active(); });
  screens_.refresh();
  if (poller_) poller_->start();
}

std::vector<std::string> X11Source::shortcomings() const {
  std::vector<std::string> sentences;
  const auto say = [&](bool has, std::string_view extension, std::string_view consequence) {
    if (has) return;
    sentences.push_back(fmt::format("the X display '{}' lacks the extension {}: {}",
                                    display_->name(), extension, consequence));
  };
  say(display_->has_damage(), "DAMAGE",
      "it is looked through for changes, which costs more and shows them later");
  say(display_->has_xtest(), "XTEST", "viewers can look, but not type or point");
  say(display_->has_xfixes(), "XFIXES", "the clipboard and the cursor's shape are not passed on");
  say(display_->has_randr(), "RANDR 1.2", "viewers cannot change its size");
  return sentences;
}

std::vector<image::Rect> X11Source::take_damage() {
  if (poller_) return poller_->take();
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

void X11Source::captured(std::span<const image::Rect> rects,
                         std::span<const screen::Patch> patches) {
  if (poller_) return poller_->captured(patches);
  if (!patches.empty() || display_->is_lost()) return;
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
  screens_.display_resized();
  if (poller_) poller_->resized(size);
  listener_->desktop_resized(size);
}

void X11Source::x11_screens_changed() { screens_.refresh(); }

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
  if (events_ > 0) cursor_.desktop_is_active();
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
  if (poller_ || is_announced_ || damage_.empty() || listener_ == nullptr) return;
  is_announced_ = true;
  listener_->desktop_damaged();
}

}  // namespace oriel::desktop

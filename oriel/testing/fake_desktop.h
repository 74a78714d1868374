#pragma once
// A desktop in memory for tests: draw on it, and read what input came.

#include <string>
#include <vector>

#include "oriel/core/image/frame.h"
#include "oriel/io/desktop/desktop.h"
#include "oriel/io/desktop/memory_clipboard.h"

namespace oriel::testing {

class FakeDesktop final : public desktop::Desktop, public desktop::InputSink {
 public:
  explicit FakeDesktop(image::Size size) : frame_(size) {}

  image::Size size() const override { return frame_.size(); }
  void start(desktop::DesktopListener& listener) override {
    listener_ = &listener;
    draw(image::Rect::of(size()), [](int, int, std::uint32_t before) { return before; });
  }
  std::vector<image::Rect> take_damage() override { return std::exchange(damage_, {}); }
  void capture(std::span<const image::Rect> rects, desktop::CaptureDone done) override {
    ++captures;
    if (is_stalled) return void(stalled_ = std::move(done));
    std::vector<screen::Patch> patches;
    for (const auto& rect : rects) patches.push_back({rect, frame_.view().crop(rect)});
    done(patches);
  }
  desktop::InputSink& input() override { return *this; }
  desktop::Clipboard* clipboard() override { return &clipboard_; }
  void follow_pointer(bool is_followed) override { is_pointer_followed = is_followed; }
  std::map<std::string, std::string> details() const override { return {{"kind", "fake"}}; }

  void key(std::uint32_t keysym, bool is_down) override {
    input_log.push_back((is_down ? "down " : "up ") + std::to_string(keysym));
  }
  void key_with_scancode(std::uint32_t keysym, std::uint32_t scancode, bool is_down) override {
    input_log.push_back((is_down ? "down " : "up ") + std::to_string(keysym) + " scancode " +
                        std::to_string(scancode));
  }
  void pointer(image::Point position, std::uint16_t buttons) override {
    input_log.push_back("pointer " + std::to_string(position.x) + "," + std::to_string(position.y) +
                        " " + std::to_string(buttons));
  }
  bool wants_shift() const override { return !has_levels; }
  void flush() override { input_log.push_back("flush"); }

  // Sets each pixel of `rect` to colour_of(x, y, colour before), and reports it as damaged.
  template <typename ColourOf>
  void draw(const image::Rect& rect, ColourOf colour_of) {
    for (int y = rect.y; y < rect.bottom(); ++y)
      for (int x = rect.x; x < rect.right(); ++x)
        frame_.at(x, y) = colour_of(x, y, frame_.at(x, y));
    damage_.push_back(rect);
    if (damage_.size() == 1 && listener_) listener_->desktop_damaged();
  }
  void fill(const image::Rect& rect, std::uint32_t colour) {
    draw(rect, [colour](int, int, std::uint32_t) { return colour; });
  }
  bool can_resize() const override { return true; }
  void resize(image::Size size, std::move_only_function<void(Status)> done) override {
    if (size.width > 1000) return done(fail(ErrorCode::kTooLarge, "at most 1000 wide"));
    if (size != frame_.size()) resize(size);
    done({});
  }
  void resize(image::Size size) {
    frame_ = image::Frame(size);
    damage_ = {image::Rect::of(size)};
    listener_->desktop_resized(size);
  }
  // What programs and the keyboard of a real desktop do.
  void copy(std::map<desktop::ClipboardFormat, Bytes> contents) {
    clipboard_.copy(std::move(contents));
    if (listener_) listener_->desktop_clipboard_changed(clipboard_.formats());
  }
  void set_leds(std::uint8_t leds) { listener_->desktop_leds_changed(leds); }
  void lose(const Error& error) { listener_->desktop_lost(error); }
  void ring() { listener_->desktop_bell(); }
  void set_cursor(const image::Cursor& cursor) { listener_->desktop_cursor_changed(cursor); }
  void warp(image::Point position) { listener_->desktop_pointer_moved(position); }
  const image::Frame& frame() const { return frame_; }

  std::vector<std::string> input_log;
  int captures = 0;
  bool is_pointer_followed = false;
  bool has_levels = true;   // a keysym stands for a character, not for a key
  bool is_stalled = false;  // captures are not answered

 private:
  image::Frame frame_;
  desktop::DesktopListener* listener_ = nullptr;
  desktop::MemoryClipboard clipboard_;
  std::vector<image::Rect> damage_;
  desktop::CaptureDone stalled_;
};

}  // namespace oriel::testing

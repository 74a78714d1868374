#pragma once
// A target of verbs and waits in memory for tests: draw on it, and read what input came.

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "oriel/app/agent/agent_target.h"
#include "oriel/core/screen/changed_rects.h"
#include "oriel/io/desktop/memory_clipboard.h"

namespace oriel::testing {

// Lives on the loop of `executor`.
class FakeAgentTarget final : public agent::AgentTarget, public desktop::InputSink {
 public:
  FakeAgentTarget(boost::asio::any_io_executor executor, image::Size size)
      : executor_(std::move(executor)), screen_(std::make_unique<screen::Screen>(size)) {}

  boost::asio::any_io_executor executor() const override { return executor_; }
  agent::AgentStatus check() const override {
    if (error_) return std::unexpected(*error_);
    return {};
  }
  const screen::Screen& screen() const override { return *screen_; }
  const image::Cursor* cursor() const override { return cursor_ ? &*cursor_ : nullptr; }
  std::optional<image::Point> pointer() const override { return pointer_; }
  desktop::InputSink& input() override { return *this; }
  bool wants_shift() const override { return !has_levels; }
  desktop::Clipboard* clipboard() override { return has_clipboard ? &clipboard_ : nullptr; }
  boost::asio::awaitable<agent::AgentStatus> catch_up(TimePoint deadline) override {
    ++catch_ups;
    if (!is_stalled) co_return check();
    boost::asio::steady_timer timer(executor_, deadline);
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_return agent::failure(agent::ErrorKind::kTimeout, "no sign of life");
  }
  void add_listener(agent::AgentTargetListener& listener) override {
    listeners_.push_back(&listener);
  }
  void remove_listener(agent::AgentTargetListener& listener) override {
    std::erase(listeners_, &listener);
  }

  void key(std::uint32_t keysym, bool is_down) override {
    input_log.push_back((is_down ? "down " : "up ") + std::to_string(keysym));
    if (when_key) when_key(keysym, is_down);
  }
  void pointer(image::Point position, std::uint16_t buttons) override {
    pointer_ = position;
    input_log.push_back("pointer " + std::to_string(position.x) + "," + std::to_string(position.y) +
                        " " + std::to_string(buttons));
    if (when_pointer) when_pointer(position, buttons);
  }
  void flush() override {}

  // Puts `pixels` at `at` on the screen and tells the listeners, if anything is new.
  void draw(image::Point at, const image::Frame& pixels) {
    const image::Rect rect{at.x, at.y, pixels.size().width, pixels.size().height};
    const screen::Patch patch{rect, pixels.view()};
    for (auto* listener : std::vector(listeners_)) listener->screen_changes_soon();
    const auto result = screen_->commit({&patch, 1});
    if (result.changed_px == 0) return;
    const auto rects = screen::changed_rects(*screen_, result.generation, result.bounds);
    for (auto* listener : std::vector(listeners_))
      listener->screen_changed({result.generation, Clock::now(), rects});
  }
  void fill(const image::Rect& rect, std::uint32_t colour) {
    draw({rect.x, rect.y}, image::Frame(rect.size(), colour));
  }
  void resize(image::Size size) {
    screen_ = std::make_unique<screen::Screen>(size, screen_->generation() + 1);
    for (auto* listener : std::vector(listeners_)) listener->screen_resized();
  }
  // As a program of the desktop copies.
  void copy(const std::string& text) {
    clipboard_.copy({{desktop::ClipboardFormat::kText, Bytes(text.begin(), text.end())}});
    for (auto* listener : std::vector(listeners_))
      listener->clipboard_changed(clipboard_.formats());
  }
  void lose(const agent::AgentError& error) {
    error_ = error;
    for (auto* listener : std::vector(listeners_)) listener->target_lost(error);
  }
  void set_cursor(image::Cursor cursor) { cursor_ = std::move(cursor); }
  // What a program would paste.
  std::string copied_text() {
    std::string text;
    clipboard_.request(desktop::ClipboardFormat::kText, [&text](Result<Bytes> bytes) {
      if (bytes) text = as_text(*bytes);
    });
    return text;
  }
  // As when nothing has moved it yet.
  void forget_pointer() { pointer_.reset(); }
  std::size_t listeners() const { return listeners_.size(); }

  std::vector<std::string> input_log;
  std::function<void(std::uint32_t, bool)> when_key;
  std::function<void(image::Point, std::uint16_t)> when_pointer;
  bool has_clipboard = true;
  bool has_levels = true;   // a keysym stands for a character, not for a key
  bool is_stalled = false;  // shows no sign of life
  int catch_ups = 0;

 private:
  boost::asio::any_io_executor executor_;
  std::unique_ptr<screen::Screen> screen_;
  std::vector<agent::AgentTargetListener*> listeners_;
  desktop::MemoryClipboard clipboard_;
  std::optional<image::Point> pointer_ = image::Point{};
  std::optional<image::Cursor> cursor_;
  std::optional<agent::AgentError> error_;
};

}  // namespace oriel::testing

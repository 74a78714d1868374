#include "oriel/io/desktop/reconnecting_desktop.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "oriel/base/time.h"
#include "oriel/io/desktop/limits.h"

namespace oriel::desktop {

// Passes input on while there is a source.
class ReconnectingDesktop::Input final : public InputSink {
 public:
  explicit Input(ReconnectingDesktop& desktop) : desktop_(desktop) {}

  void key(std::uint32_t keysym, bool is_down) override {
    if (auto* source = desktop_.source_.get()) source->input().key(keysym, is_down);
  }
  void key_with_scancode(std::uint32_t keysym, std::uint32_t scancode, bool is_down) override {
    if (auto* source = desktop_.source_.get())
      source->input().key_with_scancode(keysym, scancode, is_down);
  }
  void pointer(image::Point position, std::uint16_t buttons) override {
    if (auto* source = desktop_.source_.get()) source->input().pointer(position, buttons);
  }
  bool wants_shift() const override {
    auto* source = desktop_.source_.get();
    return source != nullptr && source->input().wants_shift();
  }
  void flush() override {
    if (auto* source = desktop_.source_.get()) source->input().flush();
  }

 private:
  ReconnectingDesktop& desktop_;
};

// The clipboard of the source that is there now; what was offered goes with it.
class ReconnectingDesktop::Selection final : public Clipboard {
 public:
  explicit Selection(ReconnectingDesktop& desktop) : desktop_(desktop) {}

  void request(ClipboardFormat format, ClipboardDone done) override {
    if (auto* clipboard = find()) return clipboard->request(format, std::move(done));
    done(fail(ErrorCode::kUnavailable, "the desktop has no clipboard now"));
  }
  void offer(ClipboardFormats formats, ClipboardProvider provider) override {
    if (auto* clipboard = find()) clipboard->offer(formats, std::move(provider));
  }
  void withdraw() override {
    if (auto* clipboard = find()) clipboard->withdraw();
  }

 private:
  Clipboard* find() const { return desktop_.source_ ? desktop_.source_->clipboard() : nullptr; }

  ReconnectingDesktop& desktop_;
};

struct ReconnectingDesktop::Timer {
  explicit Timer(boost::asio::io_context& io) : context(io), timer(io) {}

  boost::asio::io_context& context;
  boost::asio::steady_timer timer;
  // Handlers that are queued already when the desktop goes see that it is gone.
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
};

ReconnectingDesktop::ReconnectingDesktop(boost::asio::io_context& io,
                                         std::unique_ptr<Desktop> first, DesktopFactory open_again,
                                         Notice notice)
    : timer_(std::make_unique<Timer>(io)),
      open_again_(std::move(open_again)),
      notice_(std::move(notice)),
      back_off_(kReconnectFirst, kReconnectMax),
      random_(std::random_device{}()),
      source_(std::move(first)),
      input_(std::make_unique<Input>(*this)),
      selection_(std::make_unique<Selection>(*this)),
      size_(source_->size()),
      name_(source_->name()),
      screens_(source_->screens()),
      details_(source_->details()),
      found_at_(Clock::now()) {}

ReconnectingDesktop::~ReconnectingDesktop() { *timer_->alive = false; }

void ReconnectingDesktop::start(DesktopListener& listener) {
  listener_ = &listener;
  source_->start(*this);
}

std::vector<image::Rect> ReconnectingDesktop::take_damage() {
  return source_ ? source_->take_damage() : std::vector<image::Rect>();
}

void ReconnectingDesktop::capture(std::span<const image::Rect> rects, CaptureDone done) {
  if (!source_) return done({});
  capture_done_ = std::move(done);
  source_->capture(rects, [this, alive = timer_->alive](std::span<const screen::Patch> patches) {
    if (!*alive || !capture_done_) return;
    std::exchange(capture_done_, nullptr)(patches);
  });
}

void ReconnectingDesktop::resize(image::Size size, std::move_only_function<void(Status)> done) {
  if (!source_)
    return done(fail(ErrorCode::kUnavailable, "the desktop is disconnected from its display"));
  resize_done_ = std::move(done);
  source_->resize(size, [this, alive = timer_->alive](Status status) {
    if (!*alive || !resize_done_) return;
    std::exchange(resize_done_, nullptr)(std::move(status));
  });
}

InputSink& ReconnectingDesktop::input() { return *input_; }

// Also for a source without one: another X server at the same name may have it.
Clipboard* ReconnectingDesktop::clipboard() { return selection_.get(); }

std::vector<std::string> ReconnectingDesktop::shortcomings() const {
  return source_ ? source_->shortcomings() : std::vector<std::string>();
}

std::map<std::string, std::string> ReconnectingDesktop::details() const {
  if (source_) return source_->details();
  auto details = details_;
  details["state"] = "disconnected";
  details["reason"] = lost_reason_;
  return details;
}

void ReconnectingDesktop::desktop_damaged() { listener_->desktop_damaged(); }

void ReconnectingDesktop::desktop_resized(image::Size size) {
  size_ = size;
  screens_ = source_->screens();
  listener_->desktop_resized(size);
}

void ReconnectingDesktop::desktop_screens_changed() { take_screens(); }

void ReconnectingDesktop::take_screens() {
  auto screens = source_->screens();
  if (screens == screens_) return;
  screens_ = std::move(screens);
  listener_->desktop_screens_changed();
}

void ReconnectingDesktop::desktop_leds_changed(std::uint8_t leds) {
  leds_ = leds;
  listener_->desktop_leds_changed(leds);
}

void ReconnectingDesktop::desktop_renamed() {
  if (std::exchange(name_, source_->name()) != source_->name()) listener_->desktop_renamed();
}

void ReconnectingDesktop::desktop_bell() { listener_->desktop_bell(); }

void ReconnectingDesktop::desktop_cursor_changed(const image::Cursor& cursor) {
  listener_->desktop_cursor_changed(cursor);
}

void ReconnectingDesktop::desktop_pointer_moved(image::Point position) {
  listener_->desktop_pointer_moved(position);
}

void ReconnectingDesktop::follow_pointer(bool is_followed) {
  is_pointer_followed_ = is_followed;
  if (source_) source_->follow_pointer(is_followed);
}

void ReconnectingDesktop::desktop_clipboard_changed(ClipboardFormats formats) {
  listener_->desktop_clipboard_changed(formats);
}

void ReconnectingDesktop::desktop_lost(const Error& error) {
  lost_reason_ = told_reason_ = error.message;
  details_ = source_->details();
  // It is telling this, so it ends later.
  gone_ = std::move(source_);
  const auto alive = timer_->alive;
  boost::asio::post(timer_->context, [this, alive] {
    if (*alive) gone_.reset();
  });
  if (capture_done_) std::exchange(capture_done_, nullptr)({});
  if (resize_done_) {
    std::exchange(resize_done_,
                  nullptr)(fail(ErrorCode::kUnavailable, "the desktop has lost its display"));
  }
  if (leds_ != 0) desktop_leds_changed(0);
  if (*alive) listener_->desktop_lost(error);
  if (!*alive) return;
  if (Clock::now() - found_at_ >= kReconnectMax) back_off_.reset();
  try_later();
}

void ReconnectingDesktop::try_later() {
  const double random = std::uniform_real_distribution<double>(0, 1)(random_);
  timer_->timer.expires_after(back_off_.next(random));
  timer_->timer.async_wait([this, alive = timer_->alive](const boost::system::error_code& error) {
    if (!*alive || error) return;
    open_again_([this, alive](Result<std::unique_ptr<Desktop>> desktop) {
      if (*alive) opened(std::move(desktop));
    });
  });
}

void ReconnectingDesktop::opened(Result<std::unique_ptr<Desktop>> desktop) {
  if (!desktop) {
    if (std::exchange(told_reason_, desktop.error().message) != desktop.error().message) {
      notice_(desktop.error().message);
    }
    return try_later();
  }
  source_ = std::move(*desktop);
  found_at_ = Clock::now();
  const auto alive = timer_->alive;
  listener_->desktop_found_again();
  if (!*alive) return;
  for (const auto& sentence : source_->shortcomings()) notice_(sentence);
  if (source_->size() != size_) desktop_resized(source_->size());
  if (!*alive) return;
  take_screens();
  if (!*alive) return;
  desktop_renamed();
  if (!*alive) return;
  source_->start(*this);
  if (is_pointer_followed_) source_->follow_pointer(true);
}

}  // namespace oriel::desktop

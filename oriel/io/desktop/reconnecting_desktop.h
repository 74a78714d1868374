#pragma once
// A desktop whose source may go and come again (a server that is restarted): while it is gone
// the geometry stays, input is dropped and there is no damage; it is looked for without end, and
// when it is found again all of it counts as damaged.

#include <functional>
#include <memory>
#include <random>

#include "oriel/io/desktop/back_off.h"
#include "oriel/io/desktop/desktop.h"

namespace boost::asio {
class io_context;
}

namespace oriel::desktop {

// Opens the source anew and calls its argument once, from the loop, not before it returns.
using DesktopFactory =
    std::function<void(std::move_only_function<void(Result<std::unique_ptr<Desktop>>)> done)>;

// The network thread owns it.
class ReconnectingDesktop final : public Desktop, private DesktopListener {
 public:
  // What is worth a line in the log: why it cannot be opened yet (told when the reason is another
  // than before), and what the one that was found again lacks.
  using Notice = std::function<void(const std::string& sentence)>;

  // `first` is open. Of `open_again` nothing is called after the end of this.
  ReconnectingDesktop(boost::asio::io_context& io, std::unique_ptr<Desktop> first,
                      DesktopFactory open_again, Notice notice);
  ~ReconnectingDesktop() override;

  image::Size size() const override { return size_; }
  std::string name() const override { return name_; }
  std::vector<ScreenPart> screens() const override { return screens_; }
  void start(DesktopListener& listener) override;
  std::vector<image::Rect> take_damage() override;
  void capture(std::span<const image::Rect> rects, CaptureDone done) override;
  bool can_resize() const override { return source_ && source_->can_resize(); }
  void resize(image::Size size, std::move_only_function<void(Status)> done) override;
  InputSink& input() override;
  Clipboard* clipboard() override;
  void follow_pointer(bool is_followed) override;
  std::vector<std::string> shortcomings() const override;
  // With "state": "disconnected" and the reason while the source is gone.
  std::map<std::string, std::string> details() const override;

 private:
  class Input;
  class Selection;
  struct Timer;

  void desktop_damaged() override;
  void desktop_resized(image::Size size) override;
  void desktop_lost(const Error& error) override;
  void desktop_screens_changed() override;
  void desktop_leds_changed(std::uint8_t leds) override;
  void desktop_bell() override;
  void desktop_renamed() override;
  void desktop_cursor_changed(const image::Cursor& cursor) override;
  void desktop_pointer_moved(image::Point position) override;
  void desktop_clipboard_changed(ClipboardFormats formats) override;

  void try_later();
  void opened(Result<std::unique_ptr<Desktop>> desktop);
  void take_screens();

  std::unique_ptr<Timer> timer_;
  DesktopFactory open_again_;
  Notice notice_;
  BackOff back_off_;
  std::minstd_rand random_;
  std::unique_ptr<Desktop> source_;  // null while it is gone
  std::unique_ptr<Desktop> gone_;    // just lost; ends when it has told all
  std::unique_ptr<Input> input_;
  std::unique_ptr<Selection> selection_;
  DesktopListener* listener_ = nullptr;
  image::Size size_;
  std::string name_;
  std::vector<ScreenPart> screens_;
  std::map<std::string, std::string> details_;  // as of the last that was there
  std::uint8_t leds_ = 0;
  bool is_pointer_followed_ = false;
  std::string lost_reason_;
  std::string told_reason_;
  TimePoint found_at_;
  // Under way at the source.
  CaptureDone capture_done_;
  std::move_only_function<void(Status)> resize_done_;
};

}  // namespace oriel::desktop

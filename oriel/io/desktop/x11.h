#pragma once
// A running X display as the desktop: pixels come through MIT-SHM into one shared segment, or over
// the connection where that is not possible (a display of another machine, or of another
// container). What the server lacks otherwise is done without, and said by `shortcomings`.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oriel/io/desktop/x11_source.h"

namespace oriel::desktop {

// How pixels may come: by shared memory where that works, or over the connection only.
enum class PixelTransport { kSharedMemory, kConnection };

// The network thread owns it.
class X11Desktop : public X11Source {
 public:
  // `display` as in $DISPLAY. Waits for the server, some round trips; may run on another thread
  // than the loop's, which `guard` (may be null) can give up. Errors say what to do.
  static Result<std::unique_ptr<X11Desktop>> open(
      boost::asio::io_context& io, const std::string& display,
      PixelTransport transport = PixelTransport::kSharedMemory, X11OpenGuard* guard = nullptr);
  ~X11Desktop() override;

  // The answers come later, through the loop.
  void capture(std::span<const image::Rect> rects, CaptureDone done) override;
  // By RANDR, where the display has one screen and its server takes the size.
  void resize(image::Size size, std::move_only_function<void(Status)> done) override;
  std::vector<std::string> shortcomings() const override;
  std::map<std::string, std::string> details() const override;

 private:
  class Segment;
  struct Capture;

  X11Desktop(std::unique_ptr<X11Display> display, PixelTransport transport);
  bool prepare_segment(std::size_t bytes);
  std::size_t bytes_of(const image::Rect& rect) const;
  // A patch of the rows that were captured, in BGRX.
  screen::Patch make_patch(const image::Rect& rect, const std::uint8_t* rows);
  void request_shared(const image::Rect& rect);
  void request_copied(const image::Rect& rect);
  void finish();

  std::unique_ptr<Segment> segment_;
  std::unique_ptr<Capture> capture_;
  std::optional<X11PixelConverter> converter_;  // where the server has other pixels than BGRX
  bool can_share_;
};

}  // namespace oriel::desktop

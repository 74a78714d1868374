#pragma once
// A desktop as a source of pixels and a sink of input, whatever is behind it: a headless X server
// of ours, a running X display, a test pattern; later another VNC server, or a recording. Every
// call and every callback is on the network thread's loop; no call blocks.

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "oriel/base/result.h"
#include "oriel/core/image/rect.h"
#include "oriel/core/screen/patch.h"

namespace oriel::desktop {

// What a desktop tells its one listener.
class DesktopListener {
 public:
  virtual ~DesktopListener() = default;
  // There is damage to take; said once until `take_damage` is called.
  virtual void desktop_damaged() = 0;
  // The geometry is another one; all of it counts as damaged.
  virtual void desktop_resized(image::Size size) = 0;
  // The source is gone (the X server died); the last picture stays.
  virtual void desktop_lost(const Error& error) = 0;
};

// Takes the input of all viewers, already merged into one keyboard and one pointer.
class InputSink {
 public:
  virtual ~InputSink() = default;
  virtual void key(std::uint32_t keysym, bool is_down) = 0;
  // `position` is on the desktop; `buttons` is the RFB mask (RFC 6143, 7.5.5): bit 0 left, 1
  // middle, 2 right, 3 wheel up, 4 wheel down, 5 wheel left, 6 wheel right, 7 back, 8
  // forward.
  virtual void pointer(image::Point position, std::uint16_t buttons) = 0;
  // Sends what is buffered; called once after a batch of events.
  virtual void flush() = 0;
};

// Gets the captured pixels; they are lent until it returns. No patches: the capture failed, its
// damage counts again.
using CaptureDone = std::move_only_function<void(std::span<const screen::Patch>)>;

class Desktop {
 public:
  virtual ~Desktop() = default;

  // Before `start` too.
  virtual image::Size size() const = 0;
  // Starts to report to `listener`, which must outlive the desktop. The whole desktop counts as
  // damaged.
  virtual void start(DesktopListener& listener) = 0;

  // The damage since the last call, united where it is too fine; inside the desktop. It is taken
  // off the source before pixels are read, so that nothing that is drawn meanwhile gets lost.
  virtual std::vector<image::Rect> take_damage() = 0;
  // Reads the pixels of `rects` (inside the desktop) and calls `done` once, perhaps before it
  // returns. At most one capture at a time.
  virtual void capture(std::span<const image::Rect> rects, CaptureDone done) = 0;

  // Gives the desktop another size, and calls `done` once, perhaps before it returns: with the news
  // on its way to the listener, or kUnsupported where the size cannot be changed, kTooLarge beyond
  // what is possible, kUnavailable when the source refused. At most one at a time.
  virtual void resize(image::Size size, std::move_only_function<void(Status)> done) {
    (void)size;
    done(fail(ErrorCode::kUnsupported, "this desktop cannot change its size"));
  }

  virtual InputSink& input() = 0;

  // What /healthz says about it: "kind", and for X "display" and "xauthority".
  virtual std::map<std::string, std::string> details() const = 0;
};

}  // namespace oriel::desktop

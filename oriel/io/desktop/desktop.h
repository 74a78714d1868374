#pragma once
// A desktop as a source of pixels and a sink of input, whatever is behind it: a headless X server
// of ours, a running X display, another VNC server, a test pattern; later a recording. Every call
// and every callback is on the network thread's loop; no call blocks.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/image/cursor.h"
#include "oriel/core/image/rect.h"
#include "oriel/core/screen/patch.h"

namespace oriel::desktop {

// The lights of the keyboard; the bits of QEMU's LED state (rfbproto.rst, "QEMU LED State").
enum KeyboardLed : std::uint8_t {
  kLedScrollLock = 1 << 0,
  kLedNumLock = 1 << 1,
  kLedCapsLock = 1 << 2,
};

// What a clipboard can hold. Text is UTF-8 with the line ends of the program that gave it.
enum class ClipboardFormat : std::uint8_t { kText, kRtf, kHtml, kPng };
inline constexpr int kClipboardFormats = 4;

// A set of formats.
class ClipboardFormats {
 public:
  constexpr ClipboardFormats() = default;
  constexpr ClipboardFormats(std::initializer_list<ClipboardFormat> formats) {
    for (const ClipboardFormat format : formats) insert(format);
  }
  constexpr void insert(ClipboardFormat format) { bits_ |= bit(format); }
  constexpr bool contains(ClipboardFormat format) const { return (bits_ & bit(format)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  friend bool operator==(ClipboardFormats, ClipboardFormats) = default;

 private:
  static constexpr std::uint8_t bit(ClipboardFormat format) {
    return static_cast<std::uint8_t>(1u << static_cast<int>(format));
  }
  std::uint8_t bits_ = 0;
};

// A monitor of a desktop. `id` stays the same while the monitor does.
struct ScreenPart {
  std::uint32_t id = 0;
  image::Rect rect;  // inside the desktop

  friend bool operator==(const ScreenPart&, const ScreenPart&) = default;
};

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
  // A lost source is there again; all of it counts as damaged, another size is told next. Only of
  // desktops that look for it (reconnecting_desktop.h).
  virtual void desktop_found_again() {}
  // `screens` are others now.
  virtual void desktop_screens_changed() {}

  // The lights are others now: bits of KeyboardLed, all off at first.
  virtual void desktop_leds_changed(std::uint8_t /*leds*/) {}
  // A program rang.
  virtual void desktop_bell() {}
  // The desktop calls itself by another name now: Desktop::name().
  virtual void desktop_renamed() {}
  // A program on the desktop has put something on the clipboard, in these formats; none: it is
  // empty now. Never said of what was offered from here, so nothing goes round in circles.
  virtual void desktop_clipboard_changed(ClipboardFormats /*formats*/) {}
  // The mouse cursor has another shape, at most kMaxCursorSidePx (limits.h) a side; empty: it is
  // hidden. Lent. Nothing is known of it before. It is never part of the pixels.
  virtual void desktop_cursor_changed(const image::Cursor& /*cursor*/) {}
  // The pointer is somewhere else than the input put it: a program moved it there, or the mouse of
  // the machine. Said while it is followed only, and a little later.
  virtual void desktop_pointer_moved(image::Point /*position*/) {}
};

// Takes the input of all viewers, already merged into one keyboard and one pointer.
class InputSink {
 public:
  virtual ~InputSink() = default;
  virtual void key(std::uint32_t keysym, bool is_down) = 0;
  // A viewer that knows which key it is: `scancode` is XT set 1 as QEMU's extended key event has it
  // (core/keys/xt_scancodes.h). A desktop that has no such key takes the keysym. A key that went
  // down by this goes up by this.
  virtual void key_with_scancode(std::uint32_t keysym, std::uint32_t /*scancode*/, bool is_down) {
    key(keysym, is_down);
  }
  // `position` is on the desktop; `buttons` is the RFB mask (RFC 6143, 7.5.5): bit 0 left, 1
  // middle, 2 right, 3 wheel up, 4 wheel down, 5 wheel left, 6 wheel right, 7 back, 8
  // forward.
  virtual void pointer(image::Point position, std::uint16_t buttons) = 0;
  // It may take a keysym for the key that has it, whatever the level: QEMU and x0vncserver do. So
  // who types a text by keysyms has to press Shift for capitals, as people do.
  virtual bool wants_shift() const { return false; }
  // Sends what is buffered; called once after a batch of events.
  virtual void flush() = 0;
};

// Gets what was on the clipboard, or why not; called once.
using ClipboardDone = std::move_only_function<void(Result<Bytes>)>;
// Gives what was offered in a format of the offer, at once or later; may be asked any number of
// times.
using ClipboardProvider = std::move_only_function<void(ClipboardFormat, ClipboardDone)>;

// The clipboard of a desktop. Nothing is transferred before it is asked for. Lives as long as its
// desktop, on the same loop; what is larger than kMaxClipboardBytes (limits.h) is refused both
// ways.
class Clipboard {
 public:
  virtual ~Clipboard() = default;
  // Reads what the desktop has in `format` now. `done` may be called before it returns; in any case
  // soon after kClipboardTimeout without any progress, and with an error when the desktop goes.
  virtual void request(ClipboardFormat format, ClipboardDone done) = 0;
  // Makes the desktop's programs see `formats`, in place of what was offered before. `provider` is
  // kept, and asked only when a program pastes, until a program copies something else.
  virtual void offer(ClipboardFormats formats, ClipboardProvider provider) = 0;
  // Takes back what was offered; without effect on what a program has copied.
  virtual void withdraw() = 0;
};

// Gets the captured pixels; they are lent until it returns. No patches: the capture failed, its
// damage counts again.
using CaptureDone = std::move_only_function<void(std::span<const screen::Patch>)>;

class Desktop {
 public:
  virtual ~Desktop() = default;

  // Before `start` too.
  virtual image::Size size() const = 0;
  // What it calls itself; empty: nothing.
  virtual std::string name() const { return {}; }
  // Its monitors, at most kMaxScreens (limits.h), when there are several; else it is one screen.
  virtual std::vector<ScreenPart> screens() const { return {}; }
  // Starts to report to `listener`, which must outlive the desktop. The whole desktop counts as
  // damaged.
  virtual void start(DesktopListener& listener) = 0;

  // The damage since the last call, united where it is too fine; inside the desktop. It is taken
  // off the source before pixels are read, so that nothing that is drawn meanwhile gets lost.
  virtual std::vector<image::Rect> take_damage() = 0;
  // Reads the pixels of `rects` (inside the desktop) and calls `done` once, perhaps before it
  // returns. At most one capture at a time.
  virtual void capture(std::span<const image::Rect> rects, CaptureDone done) = 0;

  // Whether resize() can be hoped for.
  virtual bool can_resize() const { return false; }
  // Gives the desktop another size, and calls `done` once, perhaps before it returns: with the news
  // on its way to the listener, or kUnsupported where the size cannot be changed, kTooLarge beyond
  // what is possible, kUnavailable when the source refused. At most one at a time.
  virtual void resize(image::Size size, std::move_only_function<void(Status)> done) {
    (void)size;
    done(fail(ErrorCode::kUnsupported, "this desktop cannot change its size"));
  }

  virtual InputSink& input() = 0;
  // Null when the desktop has none. The same object each time.
  virtual Clipboard* clipboard() { return nullptr; }

  // Whether anybody wants to hear of desktop_pointer_moved. Nobody at first.
  virtual void follow_pointer(bool /*is_followed*/) {}

  // What it lacks, one sentence each, for the log.
  virtual std::vector<std::string> shortcomings() const { return {}; }
  // What /healthz says about it: "kind", and for X "display" and "xauthority".
  virtual std::map<std::string, std::string> details() const = 0;
};

}  // namespace oriel::desktop

#pragma once
// An X connection that lives on the loop: requests are buffered, events and replies are taken when
// the socket has them, and nothing waits. Opening it is the exception: the handshake and the first
// questions wait for the server, on a thread beside the loop (x11_opener.h), or once per start of a
// server of our own.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "oriel/base/result.h"
#include "oriel/core/image/rect.h"
#include "oriel/io/desktop/keyboard_state.h"
#include "oriel/io/desktop/x11_connect.h"
#include "oriel/io/desktop/x11_pixels.h"

struct xcb_connection_t;

namespace boost::asio {
class io_context;
}

namespace oriel::desktop {

enum class DamagePart { kMoreFollow, kLast };

// SelectionNotify, SelectionRequest, SelectionClear, PropertyNotify, and XFIXES' SelectionNotify.
enum class SelectionEvent { kNotify, kRequest, kClear, kProperty, kOwner };

// What the X server tells; called from the loop, never from within a call to X11Display.
class X11Listener {
 public:
  virtual ~X11Listener() = default;
  // One operation may be reported in several parts.
  virtual void x11_damaged(const image::Rect& rect, DamagePart part) = 0;
  virtual void x11_resized(image::Size size) = 0;
  // RANDR has changed something: size, outputs or monitors.
  virtual void x11_screens_changed() = 0;
  // Another keyboard map.
  virtual void x11_keyboard_changed() = 0;
  // `sequence` is that of the last request that the server had done before.
  virtual void x11_keyboard_state(const KeyboardState& state, unsigned sequence) = 0;
  virtual void x11_bell() = 0;
  // The cursor has another shape (XFIXES).
  virtual void x11_cursor_changed() = 0;
  // Selections and properties: events that only one part of a desktop cares about. `event` is the
  // one of xcb, lent.
  virtual void x11_selection_event(const void* event, SelectionEvent kind) = 0;
  // All events that were there have been told.
  virtual void x11_batch_ended() = 0;
  // The connection is gone; nothing follows.
  virtual void x11_lost(const Error& error) = 0;
};

// The network thread owns it.
class X11Display {
 public:
  struct Free {
    void operator()(void* memory) const;
  };
  using OwnedReply = std::unique_ptr<void, Free>;
  // Null when the server refused the request or has gone.
  using ReplyDone = std::move_only_function<void(OwnedReply reply)>;

  // Errors say what to do about it. Extensions may be missing, but the screen must be TrueColor of
  // 15 to 32 bits. May run on another thread than the loop's, which `guard` (may be null) can give
  // up.
  static Result<std::unique_ptr<X11Display>> open(boost::asio::io_context& io,
                                                  const X11Address& address,
                                                  X11OpenGuard* guard = nullptr);
  ~X11Display();
  X11Display(const X11Display&) = delete;
  X11Display& operator=(const X11Display&) = delete;

  // Begins to report damage of the whole screen, as RawRectangles, where the server has DAMAGE.
  // `listener` must outlive this.
  void start(X11Listener& listener);

  const std::string& name() const { return name_; }
  image::Size size() const { return size_; }
  // Events still to come say the same; for who has just set it.
  void set_size(image::Size size) { size_ = size; }
  std::uint32_t root() const { return root_; }
  // Of the root window's images.
  const X11PixelLayout& pixels() const { return pixels_; }
  bool has_damage() const { return has_damage_; }
  bool has_xfixes() const { return has_xfixes_; }
  bool has_xtest() const { return has_xtest_; }
  bool has_shm() const { return has_shm_; }
  bool has_randr() const { return has_randr_; }        // 1.2: outputs and modes
  bool has_monitors() const { return has_monitors_; }  // RANDR 1.5
  bool has_xkb() const { return has_xkb_; }
  bool is_lost() const { return is_lost_; }
  // For timers of the owner's own.
  boost::asio::io_context& io() const;
  // For requests of the owner's own.
  xcb_connection_t* connection() const { return connection_; }

  // Clears the damage that the server has accumulated; at RawRectangles every draw is reported
  // anyhow.
  void subtract_damage();
  // Calls `done` when the server has done everything it was doing when it is asked now. Does not
  // flush.
  void expect_answer(std::move_only_function<void()> done);
  // `sequence` is the cookie of a request that was just made; in the order of the requests.
  void expect_reply(unsigned sequence, ReplyDone done);
  // Sends what is buffered. It never has to wait as long as callers bound what is unanswered.
  void flush();
  // Sends what is buffered and waits until the server has done it, or `patience` is over. For the
  // end only: what comes meanwhile is not told.
  void finish(std::chrono::milliseconds patience);

 private:
  struct Loop;
  struct Pending;

  X11Display(boost::asio::io_context& io, std::string name, xcb_connection_t* connection,
             int screen);
  Status query_extensions();
  void query_randr();
  void query_xkb();
  Status learn_pixels();
  void wait();
  void drain();
  bool take_events();
  bool take_replies();
  void take_event(const void* data);
  void take_size(image::Size size);
  void take_xkb_event(const void* event);
  void select_xkb_events();
  void lose();

  std::string name_;
  xcb_connection_t* connection_;
  std::unique_ptr<Loop> loop_;
  X11Listener* listener_ = nullptr;
  std::uint32_t root_ = 0;
  int screen_ = 0;
  image::Size size_;
  std::uint32_t damage_ = 0;
  std::uint8_t damage_event_ = 0;
  std::uint8_t randr_event_ = 0;
  std::uint8_t xfixes_event_ = 0;
  std::uint8_t xkb_event_ = 0;
  X11PixelLayout pixels_;
  bool has_damage_ = false;
  bool has_xfixes_ = false;
  bool has_xtest_ = false;
  bool has_shm_ = false;
  bool has_randr_ = false;
  bool has_monitors_ = false;
  bool has_xkb_ = false;
  bool is_lost_ = false;
};

}  // namespace oriel::desktop

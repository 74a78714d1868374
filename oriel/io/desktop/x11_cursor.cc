#include "oriel/io/desktop/x11_cursor.h"

#include <xcb/xcb.h>
#include <xcb/xfixes.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "oriel/io/desktop/limits.h"
#include "oriel/io/desktop/x11_display.h"
#include "oriel/io/desktop/x11_input.h"

namespace oriel::desktop {

struct X11Cursor::Timer {
  explicit Timer(boost::asio::io_context& io) : timer(io) {}

  boost::asio::steady_timer timer;
  bool is_set = false;
  // A handler that is queued already, and a reply that is awaited, see that the cursor is gone.
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
};

X11Cursor::X11Cursor(X11Display& display, X11Input& input, Callbacks callbacks)
    : display_(display),
      input_(input),
      callbacks_(std::move(callbacks)),
      timer_(std::make_unique<Timer>(display.io())) {}

X11Cursor::~X11Cursor() { *timer_->alive = false; }

void X11Cursor::start() {
  const auto* xfixes = xcb_get_extension_data(display_.connection(), &xcb_xfixes_id);
  if (xfixes == nullptr || !xfixes->present) return;
  xcb_xfixes_select_cursor_input(display_.connection(), display_.root(),
                                 XCB_XFIXES_CURSOR_NOTIFY_MASK_DISPLAY_CURSOR);
  fetch_shape();
}

void X11Cursor::shape_changed() {
  desktop_is_active();
  fetch_shape();
}

void X11Cursor::fetch_shape() {
  if (display_.is_lost()) return;
  if (is_fetching_) {
    is_shape_stale_ = true;
    return;
  }
  is_fetching_ = true;
  const auto cookie = xcb_xfixes_get_cursor_image(display_.connection());
  display_.expect_reply(cookie.sequence, [this,
                                          alive = timer_->alive](X11Display::OwnedReply data) {
    if (!*alive) return;
    is_fetching_ = false;
    auto* reply = static_cast<xcb_xfixes_get_cursor_image_reply_t*>(data.get());
    // A server with the extension SECURITY refuses the cursor of a program that has ended.
    if (reply != nullptr) {
      const auto* pixels = xcb_xfixes_get_cursor_image_cursor_image(reply);
      const image::Size size{reply->width, reply->height};
      callbacks_.shape_changed(image::normalized(
          {size, {reply->xhot, reply->yhot}, {pixels, pixels + size.area()}}, kMaxCursorSidePx));
    }
    if (*alive && std::exchange(is_shape_stale_, false)) fetch_shape();
  });
  display_.flush();
}

void X11Cursor::follow_pointer(bool is_followed) {
  is_followed_ = is_followed;
  desktop_is_active();
}

void X11Cursor::desktop_is_active() {
  if (!is_followed_) return;
  if (std::exchange(looks_left_, kPointerLooks) == 0) timer_->is_set = false;  // it was at rest
  set_timer();
}

void X11Cursor::set_timer() {
  if (timer_->is_set || !is_followed_ || display_.is_lost()) return;
  timer_->is_set = true;
  timer_->timer.expires_after(looks_left_ > 0 ? kPointerLookInterval : kPointerRestInterval);
  timer_->timer.async_wait([this, alive = timer_->alive](const boost::system::error_code& error) {
    if (!*alive || error) return;
    timer_->is_set = false;
    if (looks_left_ > 0) --looks_left_;
    look_for_pointer();
    set_timer();
  });
}

// The server answers when it has done all the input before. What our input does meanwhile is no
// news, and makes the answer an old one.
void X11Cursor::look_for_pointer() {
  if (!is_followed_ || is_looking_ || display_.is_lost() || !input_.is_settled()) return;
  is_looking_ = true;
  if (std::exchange(motions_, input_.motions()) != input_.motions()) position_ = input_.position();
  const auto cookie = xcb_query_pointer(display_.connection(), display_.root());
  display_.expect_reply(
      cookie.sequence, [this, alive = timer_->alive](const X11Display::OwnedReply& data) {
        if (!*alive) return;
        is_looking_ = false;
        const auto* reply = static_cast<const xcb_query_pointer_reply_t*>(data.get());
        if (reply == nullptr || !reply->same_screen || input_.motions() != motions_) return;
        const image::Point position{reply->root_x, reply->root_y};
        if (!image::Rect::of(display_.size()).contains(position)) return;  // it was resized since
        if (std::exchange(position_, position) == position) return;
        input_.pointer_is_at(position);
        callbacks_.pointer_moved(position);
      });
  display_.flush();
}

}  // namespace oriel::desktop

#include "oriel/io/desktop/x11_display.h"

#include <fmt/core.h>
#include <poll.h>
#include <xcb/damage.h>
#include <xcb/randr.h>
#include <xcb/shm.h>
#include <xcb/xcb.h>
#include <xcb/xcbext.h>
#include <xcb/xfixes.h>
#include <xcb/xtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <deque>
#include <utility>

#include "oriel/io/desktop/xcb_xkb.h"

namespace oriel::desktop {
namespace {

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

// Of DamageNotify's level (damageproto.txt, section 4).
constexpr std::uint8_t kMoreFollowFlag = 0x80;

const xcb_screen_t* find_screen(xcb_connection_t* connection, int number) {
  auto screens = xcb_setup_roots_iterator(xcb_get_setup(connection));
  for (; screens.rem > 0 && number > 0; --number) xcb_screen_next(&screens);
  return screens.rem > 0 ? screens.data : nullptr;
}

const xcb_visualtype_t* find_visual(const xcb_screen_t* screen, xcb_visualid_t id) {
  for (auto depths = xcb_screen_allowed_depths_iterator(screen); depths.rem > 0;
       xcb_depth_next(&depths)) {
    for (auto visuals = xcb_depth_visuals_iterator(depths.data); visuals.rem > 0;
         xcb_visualtype_next(&visuals)) {
      if (visuals.data->visual_id == id) return visuals.data;
    }
  }
  return nullptr;
}

// Null when the server has no images of that depth.
const xcb_format_t* find_format(const xcb_setup_t* setup, int depth) {
  for (auto formats = xcb_setup_pixmap_formats_iterator(setup); formats.rem > 0;
       xcb_format_next(&formats)) {
    if (formats.data->depth == depth) return formats.data;
  }
  return nullptr;
}

const char* class_name(int visual_class) {
  static constexpr const char* kNames[] = {"StaticGray",  "GrayScale", "StaticColor",
                                           "PseudoColor", "TrueColor", "DirectColor"};
  return visual_class >= 0 && visual_class < 6 ? kNames[visual_class] : "unknown";
}

// The extension's description, when the server has it.
const xcb_query_extension_reply_t* find_extension(xcb_connection_t* connection,
                                                  xcb_extension_t& extension) {
  const auto* reply = xcb_get_extension_data(connection, &extension);
  return reply != nullptr && reply->present ? reply : nullptr;
}

}  // namespace

void X11Display::Free::operator()(void* memory) const { std::free(memory); }

struct X11Display::Pending {
  unsigned sequence;
  ReplyDone done;
};

struct X11Display::Loop {
  Loop(boost::asio::io_context& io, int file) : context(io), socket(io, file) {}

  boost::asio::io_context& context;
  boost::asio::posix::stream_descriptor socket;  // lent by xcb, which closes it
  std::deque<Pending> pending;
  bool is_drain_posted = false;
  // Handlers that are still queued when the display goes see that it is gone.
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
};

X11Display::X11Display(boost::asio::io_context& io, std::string name, xcb_connection_t* connection,
                       int screen)
    : name_(std::move(name)),
      connection_(connection),
      loop_(std::make_unique<Loop>(io, xcb_get_file_descriptor(connection))),
      screen_(screen) {}

X11Display::~X11Display() {
  *loop_->alive = false;
  loop_->socket.release();
  xcb_disconnect(connection_);
}

Result<std::unique_ptr<X11Display>> X11Display::open(boost::asio::io_context& io,
                                                     const X11Address& address,
                                                     X11OpenGuard* guard) {
  ORIEL_TRY(const auto connected, connect_x11(address, guard));
  auto* connection = connected.connection;
  std::unique_ptr<X11Display> display(
      new X11Display(io, address.display, connection, connected.screen));
  ORIEL_TRY_VOID(display->learn_pixels());
  ORIEL_TRY_VOID(display->query_extensions());
  const auto* root = find_screen(connection, connected.screen);
  display->root_ = root->root;
  // The set-up data tells the size at connection time; a RANDR change since then would be lost.
  Owned<xcb_get_geometry_reply_t> geometry(
      xcb_get_geometry_reply(connection, xcb_get_geometry(connection, root->root), nullptr));
  if (!geometry) {
    return fail(ErrorCode::kClosed,
                fmt::format("the X display '{}' went away while it was opened", address.display));
  }
  display->size_ = {geometry->width, geometry->height};
  return display;
}

Status X11Display::learn_pixels() {
  const auto* setup = xcb_get_setup(connection_);
  const auto* screen = find_screen(connection_, screen_);
  if (screen == nullptr) {
    return fail(ErrorCode::kInvalid,
                fmt::format("the X display '{}' has no screen {}", name_, screen_));
  }
  const auto* visual = find_visual(screen, screen->root_visual);
  const auto* format = find_format(setup, screen->root_depth);
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("the X display '{}' has {} pixels of depth {}{}; only TrueColor of "
                            "depth 15, 16, 24 or 30 is supported",
                            name_, class_name(visual == nullptr ? -1 : visual->_class),
                            screen->root_depth, why));
  };
  if (visual == nullptr || format == nullptr || visual->_class != XCB_VISUAL_CLASS_TRUE_COLOR)
    return refuse("");
  pixels_ = {format->bits_per_pixel,
             format->scanline_pad,
             setup->image_byte_order == XCB_IMAGE_ORDER_MSB_FIRST,
             visual->red_mask,
             visual->green_mask,
             visual->blue_mask};
  const auto converter = X11PixelConverter::make(pixels_);
  if (!converter) return refuse(fmt::format(" ({})", converter.error().message));
  return {};
}

Status X11Display::query_extensions() {
  // All questions first, then all answers: one round trip.
  for (auto* extension :
       {&xcb_damage_id, &xcb_xfixes_id, &xcb_test_id, &xcb_randr_id, &xcb_shm_id, &xcb_xkb_id}) {
    xcb_prefetch_extension_data(connection_, extension);
  }
  // The server answers requests of an extension only after its version was asked.
  if (const auto* xfixes = find_extension(connection_, xcb_xfixes_id)) {
    Owned<xcb_xfixes_query_version_reply_t> reply(xcb_xfixes_query_version_reply(
        connection_, xcb_xfixes_query_version(connection_, 5, 0), nullptr));
    has_xfixes_ = reply != nullptr;
    xfixes_event_ = xfixes->first_event;
  }
  if (const auto* damage = find_extension(connection_, xcb_damage_id)) {
    Owned<xcb_damage_query_version_reply_t> reply(xcb_damage_query_version_reply(
        connection_, xcb_damage_query_version(connection_, 1, 1), nullptr));
    has_damage_ = reply != nullptr;
    damage_event_ = damage->first_event;
  }
  if (find_extension(connection_, xcb_test_id) != nullptr) {
    Owned<xcb_test_get_version_reply_t> reply(
        xcb_test_get_version_reply(connection_, xcb_test_get_version(connection_, 2, 2), nullptr));
    has_xtest_ = reply != nullptr;
  }
  if (find_extension(connection_, xcb_shm_id) != nullptr) {
    Owned<xcb_shm_query_version_reply_t> reply(
        xcb_shm_query_version_reply(connection_, xcb_shm_query_version(connection_), nullptr));
    has_shm_ = reply != nullptr;
  }
  query_randr();
  query_xkb();
  if (xcb_connection_has_error(connection_)) {
    return fail(ErrorCode::kClosed,
                fmt::format("the X display '{}' went away while it was opened", name_));
  }
  return {};
}

void X11Display::query_randr() {
  const auto* randr = find_extension(connection_, xcb_randr_id);
  if (randr == nullptr) return;
  Owned<xcb_randr_query_version_reply_t> reply(xcb_randr_query_version_reply(
      connection_, xcb_randr_query_version(connection_, 1, 5), nullptr));
  const auto is_at_least = [&reply](std::uint32_t minor) {
    return reply != nullptr && (reply->major_version > 1 || reply->minor_version >= minor);
  };
  has_randr_ = is_at_least(2);
  has_monitors_ = is_at_least(5);
  randr_event_ = randr->first_event;
}

void X11Display::query_xkb() {
  const auto* xkb = find_extension(connection_, xcb_xkb_id);
  if (xkb == nullptr) return;
  Owned<xcb_xkb_use_extension_reply_t> reply(
      xcb_xkb_use_extension_reply(connection_, xcb_xkb_use_extension(connection_, 1, 0), nullptr));
  has_xkb_ = reply != nullptr && reply->supported;
  xkb_event_ = xkb->first_event;
}

void X11Display::start(X11Listener& listener) {
  listener_ = &listener;
  if (has_randr_) {
    xcb_randr_select_input(connection_, root_,
                           XCB_RANDR_NOTIFY_MASK_SCREEN_CHANGE | XCB_RANDR_NOTIFY_MASK_CRTC_CHANGE |
                               XCB_RANDR_NOTIFY_MASK_OUTPUT_CHANGE);
  }
  const std::uint32_t mask = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
  xcb_change_window_attributes(connection_, root_, XCB_CW_EVENT_MASK, &mask);
  if (has_damage_) {
    damage_ = xcb_generate_id(connection_);
    xcb_damage_create(connection_, damage_, root_, XCB_DAMAGE_REPORT_LEVEL_RAW_RECTANGLES);
    subtract_damage();
  }
  if (has_xkb_) select_xkb_events();
  flush();
  wait();
}

// A client that uses XKB gets the keyboard map's changes from it alone.
void X11Display::select_xkb_events() {
  constexpr std::uint16_t kWhole = XCB_XKB_EVENT_TYPE_NEW_KEYBOARD_NOTIFY |
                                   XCB_XKB_EVENT_TYPE_MAP_NOTIFY | XCB_XKB_EVENT_TYPE_BELL_NOTIFY;
  constexpr std::uint16_t kState = XCB_XKB_STATE_PART_MODIFIER_LATCH |
                                   XCB_XKB_STATE_PART_MODIFIER_LOCK |
                                   XCB_XKB_STATE_PART_GROUP_STATE | XCB_XKB_STATE_PART_GROUP_LOCK;
  constexpr std::uint16_t kMap = XCB_XKB_MAP_PART_KEY_SYMS | XCB_XKB_MAP_PART_MODIFIER_MAP;
  xcb_xkb_select_events_details_t details{};
  details.affectState = kState;
  details.stateDetails = kState;
  xcb_xkb_select_events_aux(connection_, XCB_XKB_ID_USE_CORE_KBD,
                            kWhole | XCB_XKB_EVENT_TYPE_STATE_NOTIFY, 0, kWhole, kMap, kMap,
                            &details);
  const auto cookie = xcb_xkb_get_state(connection_, XCB_XKB_ID_USE_CORE_KBD);
  expect_reply(cookie.sequence, [this, sequence = cookie.sequence](OwnedReply data) {
    const auto* reply = static_cast<const xcb_xkb_get_state_reply_t*>(data.get());
    if (reply == nullptr) return;
    listener_->x11_keyboard_state(
        {reply->lockedMods, reply->latchedMods, reply->group, reply->lockedGroup}, sequence);
  });
}

void X11Display::subtract_damage() {
  if (!has_damage_) return;
  xcb_damage_subtract(connection_, damage_, XCB_NONE, XCB_NONE);
}

void X11Display::expect_answer(std::move_only_function<void()> done) {
  expect_reply(xcb_get_input_focus(connection_).sequence,
               [done = std::move(done)](OwnedReply) mutable { done(); });
}

void X11Display::expect_reply(unsigned sequence, ReplyDone done) {
  loop_->pending.push_back({sequence, std::move(done)});
}

void X11Display::flush() {
  xcb_flush(connection_);
  // Writing may have read: events that xcb holds already no longer make the socket readable.
  if (loop_->is_drain_posted || is_lost_) return;
  loop_->is_drain_posted = true;
  boost::asio::post(loop_->context, [this, alive = loop_->alive] {
    if (!*alive) return;
    loop_->is_drain_posted = false;
    drain();
  });
}

void X11Display::finish(std::chrono::milliseconds patience) {
  const unsigned sequence = xcb_get_input_focus(connection_).sequence;
  xcb_flush(connection_);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  void* reply = nullptr;
  xcb_generic_error_t* error = nullptr;
  while (xcb_poll_for_reply(connection_, sequence, &reply, &error) == 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0 || xcb_connection_has_error(connection_)) break;
    pollfd file{xcb_get_file_descriptor(connection_), POLLIN, 0};
    poll(&file, 1, static_cast<int>(left.count()));
  }
  std::free(reply);
  std::free(error);
}

boost::asio::io_context& X11Display::io() const { return loop_->context; }

void X11Display::wait() {
  loop_->socket.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                           [this, alive = loop_->alive](const boost::system::error_code& error) {
                             if (!*alive || error) return;
                             drain();
                             if (*alive && !is_lost_) wait();
                           });
}

void X11Display::drain() {
  if (is_lost_ || listener_ == nullptr) return;
  const auto alive = loop_->alive;
  // Looking for replies reads the socket too and may leave events in xcb's queue, and the other way
  // round: until neither brings anything.
  bool is_any = false;
  while (true) {
    const bool had_events = take_events();
    const bool had_replies = *alive && take_replies();
    if (!*alive) return;
    if (!had_events && !had_replies) break;
    is_any = true;
  }
  if (is_any) listener_->x11_batch_ended();
  if (*alive && xcb_connection_has_error(connection_)) lose();
}

bool X11Display::take_events() {
  bool is_any = false;
  Owned<xcb_generic_event_t> event(xcb_poll_for_event(connection_));
  const auto alive = loop_->alive;
  while (event) {
    is_any = true;
    take_event(event.get());
    if (!*alive) return true;
    event.reset(xcb_poll_for_queued_event(connection_));
  }
  return is_any;
}

bool X11Display::take_replies() {
  bool is_any = false;
  const auto alive = loop_->alive;
  while (!loop_->pending.empty()) {
    void* reply = nullptr;
    xcb_generic_error_t* error = nullptr;
    if (xcb_poll_for_reply(connection_, loop_->pending.front().sequence, &reply, &error) == 0)
      break;
    OwnedReply reply_owner(reply);
    const Owned<void> error_owner(error);
    // A lost connection answers everything with nothing; `lose` does that once.
    if (reply == nullptr && error == nullptr && xcb_connection_has_error(connection_)) break;
    is_any = true;
    ReplyDone done = std::move(loop_->pending.front().done);
    loop_->pending.pop_front();
    done(std::move(reply_owner));
    if (!*alive) return true;
  }
  return is_any;
}

void X11Display::take_event(const void* data) {
  const auto* event = static_cast<const xcb_generic_event_t*>(data);
  // Bit 7: sent by another client.
  const std::uint8_t type = event->response_type & 0x7f;
  if (type == 0) return;  // an error of an unchecked request
  if (type == damage_event_ + XCB_DAMAGE_NOTIFY) {
    const auto* damage = reinterpret_cast<const xcb_damage_notify_event_t*>(event);
    const auto& area = damage->area;
    const bool has_more = (damage->level & kMoreFollowFlag) != 0;
    listener_->x11_damaged({area.x, area.y, area.width, area.height},
                           has_more ? DamagePart::kMoreFollow : DamagePart::kLast);
  } else if (type == XCB_MAPPING_NOTIFY) {
    const auto request = reinterpret_cast<const xcb_mapping_notify_event_t*>(event)->request;
    if (request != XCB_MAPPING_POINTER) listener_->x11_keyboard_changed();
  } else if (has_xkb_ && type == xkb_event_) {
    take_xkb_event(event);
  } else if (type == XCB_SELECTION_NOTIFY) {
    listener_->x11_selection_event(event, SelectionEvent::kNotify);
  } else if (type == XCB_SELECTION_REQUEST) {
    listener_->x11_selection_event(event, SelectionEvent::kRequest);
  } else if (type == XCB_SELECTION_CLEAR) {
    listener_->x11_selection_event(event, SelectionEvent::kClear);
  } else if (type == XCB_PROPERTY_NOTIFY) {
    listener_->x11_selection_event(event, SelectionEvent::kProperty);
  } else if (type == xfixes_event_ + XCB_XFIXES_SELECTION_NOTIFY) {
    listener_->x11_selection_event(event, SelectionEvent::kOwner);
  } else if (type == xfixes_event_ + XCB_XFIXES_CURSOR_NOTIFY) {
    listener_->x11_cursor_changed();
  } else if (type == XCB_CONFIGURE_NOTIFY) {
    const auto* change = reinterpret_cast<const xcb_configure_notify_event_t*>(event);
    if (change->window == root_) take_size({change->width, change->height});
  } else if (has_randr_ && type == randr_event_ + XCB_RANDR_SCREEN_CHANGE_NOTIFY) {
    const auto* change = reinterpret_cast<const xcb_randr_screen_change_notify_event_t*>(event);
    image::Size size{change->width, change->height};
    // RANDR tells the size before the rotation.
    if (change->rotation & (XCB_RANDR_ROTATION_ROTATE_90 | XCB_RANDR_ROTATION_ROTATE_270)) {
      std::swap(size.width, size.height);
    }
    take_size(size);
  } else if (has_randr_ && type == randr_event_ + XCB_RANDR_NOTIFY) {
    listener_->x11_screens_changed();
  }
}

void X11Display::take_size(image::Size size) {
  const auto alive = loop_->alive;
  if (size != size_ && size.width > 0 && size.height > 0) {
    size_ = size;
    listener_->x11_resized(size);
  }
  if (*alive) listener_->x11_screens_changed();
}

void X11Display::take_xkb_event(const void* event) {
  // All events of XKB have one type, and their own in the second byte (xkbproto, "Events").
  switch (static_cast<const xcb_generic_event_t*>(event)->pad0) {
    case XCB_XKB_NEW_KEYBOARD_NOTIFY:
    case XCB_XKB_MAP_NOTIFY:
      return listener_->x11_keyboard_changed();
    case XCB_XKB_BELL_NOTIFY:
      return listener_->x11_bell();
    case XCB_XKB_STATE_NOTIFY: {
      const auto* state = static_cast<const xcb_xkb_state_notify_event_t*>(event);
      listener_->x11_keyboard_state(
          {state->lockedMods, state->latchedMods, state->group, state->lockedGroup},
          static_cast<const xcb_generic_event_t*>(event)->full_sequence);
      return;
    }
    default:
      return;
  }
}

void X11Display::lose() {
  is_lost_ = true;
  const auto alive = loop_->alive;
  auto pending = std::exchange(loop_->pending, {});
  for (auto& waiting : pending) {
    waiting.done(nullptr);
    if (!*alive) return;
  }
  listener_->x11_lost(
      {ErrorCode::kClosed, fmt::format("the X display '{}' has closed the connection", name_)});
}

}  // namespace oriel::desktop

#include "oriel/io/desktop/randr_resize.h"

#include <fmt/core.h>
#include <xcb/randr.h>
#include <xcb/xcb.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "oriel/io/desktop/x11_display.h"

namespace oriel::desktop {
namespace {

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

// What applications take the size of a letter from; 96 dots per inch everywhere. The server refuses
// a side of 0 mm (randrproto, RRSetScreenSize), which 1 px would be.
std::uint32_t millimetres(int pixels) {
  return static_cast<std::uint32_t>(std::max(1L, std::lround(pixels * 25.4 / 96)));
}

// XCB_NONE when the server has no mode of that size.
xcb_randr_mode_t find_mode(const xcb_randr_get_screen_resources_reply_t* resources,
                           image::Size size) {
  auto modes = xcb_randr_get_screen_resources_modes_iterator(resources);
  for (; modes.rem > 0; xcb_randr_mode_info_next(&modes)) {
    if (modes.data->width == size.width && modes.data->height == size.height) return modes.data->id;
  }
  return XCB_NONE;
}

xcb_randr_create_mode_cookie_t make_mode(xcb_connection_t* connection, xcb_window_t root,
                                         image::Size size) {
  const std::string name = fmt::format("oriel-{}x{}", size.width, size.height);
  xcb_randr_mode_info_t mode{};
  mode.width = mode.htotal = static_cast<std::uint16_t>(size.width);
  mode.height = mode.vtotal = static_cast<std::uint16_t>(size.height);
  mode.dot_clock = static_cast<std::uint32_t>(size.area());
  mode.name_len = static_cast<std::uint16_t>(name.size());
  return xcb_randr_create_mode(connection, root, mode, static_cast<std::uint32_t>(name.size()),
                               name.c_str());
}

xcb_randr_mode_t find_or_make_mode(xcb_connection_t* connection, xcb_window_t root,
                                   const xcb_randr_get_screen_resources_reply_t* resources,
                                   image::Size size) {
  if (const auto mode = find_mode(resources, size); mode != XCB_NONE) return mode;
  Owned<xcb_randr_create_mode_reply_t> reply(
      xcb_randr_create_mode_reply(connection, make_mode(connection, root, size), nullptr));
  return reply ? reply->mode : XCB_NONE;
}

Status set_size(xcb_connection_t* connection, xcb_window_t root, image::Size size) {
  const auto cookie = xcb_randr_get_screen_resources(connection, root);
  Owned<xcb_randr_get_screen_resources_reply_t> resources(
      xcb_randr_get_screen_resources_reply(connection, cookie, nullptr));
  if (!resources || resources->num_crtcs < 1 || resources->num_outputs < 1) {
    return fail(ErrorCode::kUnavailable, "the X server has no RANDR output to resize");
  }
  const xcb_randr_crtc_t crtc = xcb_randr_get_screen_resources_crtcs(resources.get())[0];
  const xcb_randr_output_t output = xcb_randr_get_screen_resources_outputs(resources.get())[0];
  const xcb_randr_mode_t mode = find_or_make_mode(connection, root, resources.get(), size);
  if (mode == XCB_NONE)
    return fail(ErrorCode::kUnavailable, "the X server takes no new RANDR mode");
  // A mode that the output has already is an error that does not matter.
  xcb_randr_add_output_mode(connection, output, mode);

  // The screen cannot be smaller than what the CRTC shows, so that is switched off meanwhile.
  const xcb_timestamp_t now = XCB_CURRENT_TIME;
  const auto off = xcb_randr_set_crtc_config(connection, crtc, now, resources->config_timestamp, 0,
                                             0, XCB_NONE, XCB_RANDR_ROTATION_ROTATE_0, 0, nullptr);
  Owned<void>(xcb_randr_set_crtc_config_reply(connection, off, nullptr));
  const auto resized = xcb_randr_set_screen_size_checked(
      connection, root, static_cast<std::uint16_t>(size.width),
      static_cast<std::uint16_t>(size.height), millimetres(size.width), millimetres(size.height));
  const Owned<xcb_generic_error_t> error(xcb_request_check(connection, resized));
  const auto on = xcb_randr_set_crtc_config(connection, crtc, now, resources->config_timestamp, 0,
                                            0, mode, XCB_RANDR_ROTATION_ROTATE_0, 1, &output);
  Owned<void>(xcb_randr_set_crtc_config_reply(connection, on, nullptr));
  if (error) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("the X server refuses the size {}x{}", size.width, size.height));
  }
  return {};
}

}  // namespace

Status resize_screen(X11Display& display, image::Size size) {
  if (size == display.size()) return {};
  if (!display.has_randr()) {
    return fail(
        ErrorCode::kUnsupported,
        fmt::format("the X display '{}' lacks RANDR 1.2, so it cannot be resized", display.name()));
  }
  auto* connection = display.connection();
  xcb_grab_server(connection);
  const Status status = set_size(connection, display.root(), size);
  xcb_ungrab_server(connection);
  // What is there in the end, as the server says it.
  Owned<xcb_get_geometry_reply_t> geometry(
      xcb_get_geometry_reply(connection, xcb_get_geometry(connection, display.root()), nullptr));
  if (!geometry) return fail(ErrorCode::kClosed, "the X server went away while it was resized");
  display.set_size({geometry->width, geometry->height});
  if (!status) return status;
  if (display.size() != size) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("the X display '{}' stayed at {}x{}, asked for {}x{}", display.name(),
                            geometry->width, geometry->height, size.width, size.height));
  }
  return {};
}

namespace {

// One resize on its way: resources, what is shown now, then a mode, the change, and what came of
// it.
class LaterResize : public std::enable_shared_from_this<LaterResize> {
 public:
  LaterResize(X11Display& display, image::Size size, std::move_only_function<void(Status)> done)
      : display_(display), size_(size), done_(std::move(done)) {}

  void start() {
    ask(xcb_randr_get_screen_resources(connection(), display_.root()).sequence,
        [](LaterResize& self, void* reply) {
          self.take_resources(static_cast<xcb_randr_get_screen_resources_reply_t*>(reply));
        });
  }

 private:
  xcb_connection_t* connection() const { return display_.connection(); }

  void ask(unsigned sequence, void (*then)(LaterResize&, void* reply)) {
    display_.expect_reply(
        sequence, [self = shared_from_this(), then](X11Display::OwnedReply reply) {
          if (!reply) {
            return self->finish(
                fail(ErrorCode::kUnavailable, fmt::format("the X server refuses the size {}x{}",
                                                          self->size_.width, self->size_.height)));
          }
          then(*self, reply.get());
        });
    display_.flush();
  }

  void take_resources(const xcb_randr_get_screen_resources_reply_t* resources) {
    if (resources->num_crtcs < 1 || resources->num_outputs < 1)
      return finish(fail(ErrorCode::kUnavailable, "the X server has no RANDR output to resize"));
    const auto* crtcs = xcb_randr_get_screen_resources_crtcs(resources);
    crtcs_.assign(crtcs, crtcs + resources->num_crtcs);
    crtc_ = crtcs_[0];
    output_ = xcb_randr_get_screen_resources_outputs(resources)[0];
    config_ = resources->config_timestamp;
    mode_ = find_mode(resources, size_);
    ask_crtc();
  }

  // The one that shows something; without any the first.
  void ask_crtc() {
    ask(xcb_randr_get_crtc_info(connection(), crtcs_[asked_crtcs_], config_).sequence,
        [](LaterResize& self, void* reply) {
          self.take_crtc(static_cast<xcb_randr_get_crtc_info_reply_t*>(reply));
        });
  }

  void take_crtc(const xcb_randr_get_crtc_info_reply_t* info) {
    const bool is_active = info->mode != XCB_NONE && info->num_outputs > 0;
    if (!is_active && ++asked_crtcs_ < crtcs_.size()) return ask_crtc();
    if (is_active) {
      crtc_ = crtcs_[asked_crtcs_];
      output_ = xcb_randr_get_crtc_info_outputs(info)[0];
      old_mode_ = info->mode;
      old_rotation_ = info->rotation;
    }
    old_size_ = display_.size();
    if (mode_ != XCB_NONE) return change();
    ask(make_mode(connection(), display_.root(), size_).sequence,
        [](LaterResize& self, void* reply) {
          self.mode_ = static_cast<xcb_randr_create_mode_reply_t*>(reply)->mode;
          self.is_mode_new_ = true;
          self.change();
        });
  }

  // All at once, the server grabbed, so that nobody sees the screen between two sizes.
  void change() {
    xcb_grab_server(connection());
    xcb_randr_add_output_mode(connection(), output_, mode_);
    const unsigned shown = show(size_, mode_, XCB_RANDR_ROTATION_ROTATE_0);
    xcb_ungrab_server(connection());
    display_.expect_reply(shown, [self = shared_from_this()](const X11Display::OwnedReply& reply) {
      const auto* config = static_cast<xcb_randr_set_crtc_config_reply_t*>(reply.get());
      self->is_shown_ = config != nullptr && config->status == XCB_RANDR_SET_CONFIG_SUCCESS;
    });
    ask(xcb_get_geometry(connection(), display_.root()).sequence,
        [](LaterResize& self, void* reply) {
          self.take_geometry(static_cast<xcb_get_geometry_reply_t*>(reply));
        });
  }

  // The screen cannot be smaller than what the CRTC shows, so that is switched off meanwhile. Gives
  // the sequence of the request that switches it on.
  unsigned show(image::Size size, xcb_randr_mode_t mode, std::uint16_t rotation) {
    const xcb_timestamp_t now = XCB_CURRENT_TIME;
    const auto off = xcb_randr_set_crtc_config(connection(), crtc_, now, config_, 0, 0, XCB_NONE,
                                               XCB_RANDR_ROTATION_ROTATE_0, 0, nullptr);
    xcb_discard_reply(connection(), off.sequence);
    xcb_randr_set_screen_size(connection(), display_.root(), static_cast<std::uint16_t>(size.width),
                              static_cast<std::uint16_t>(size.height), millimetres(size.width),
                              millimetres(size.height));
    return xcb_randr_set_crtc_config(connection(), crtc_, now, config_, 0, 0, mode, rotation, 1,
                                     &output_)
        .sequence;
  }

  void take_geometry(const xcb_get_geometry_reply_t* geometry) {
    const image::Size size{geometry->width, geometry->height};
    if (size == size_ && is_shown_) return finish({});
    bring_back();
    finish(fail(ErrorCode::kUnavailable,
                size == size_ ? fmt::format("the X display '{}' cannot show {}x{} on its output",
                                            display_.name(), size_.width, size_.height)
                              : fmt::format("the X display '{}' stayed at {}x{}, asked for {}x{}",
                                            display_.name(), size.width, size.height, size_.width,
                                            size_.height)));
  }

  // A display that cannot have the size shows what it has shown before, and not nothing.
  void bring_back() {
    xcb_grab_server(connection());
    if (old_mode_ != XCB_NONE)
      xcb_discard_reply(connection(), show(old_size_, old_mode_, old_rotation_));
    if (is_mode_new_) {
      xcb_randr_delete_output_mode(connection(), output_, mode_);
      xcb_randr_destroy_mode(connection(), mode_);
    }
    xcb_ungrab_server(connection());
    display_.flush();
  }

  void finish(Status status) {
    if (done_) std::exchange(done_, nullptr)(std::move(status));
  }

  X11Display& display_;
  image::Size size_;
  std::move_only_function<void(Status)> done_;
  xcb_randr_crtc_t crtc_ = 0;
  xcb_randr_output_t output_ = 0;
  xcb_timestamp_t config_ = 0;
  std::vector<xcb_randr_crtc_t> crtcs_;
  std::size_t asked_crtcs_ = 0;
  xcb_randr_mode_t mode_ = XCB_NONE;
  bool is_mode_new_ = false;
  bool is_shown_ = false;
  // What it has shown before.
  image::Size old_size_;
  xcb_randr_mode_t old_mode_ = XCB_NONE;
  std::uint16_t old_rotation_ = XCB_RANDR_ROTATION_ROTATE_0;
};

}  // namespace

void resize_screen_later(X11Display& display, image::Size size,
                         std::move_only_function<void(Status)> done) {
  if (size == display.size()) return done({});
  if (!display.has_randr()) {
    return done(fail(ErrorCode::kUnsupported,
                     fmt::format("the X display '{}' lacks RANDR 1.2, so it cannot be resized",
                                 display.name())));
  }
  std::make_shared<LaterResize>(display, size, std::move(done))->start();
}

}  // namespace oriel::desktop

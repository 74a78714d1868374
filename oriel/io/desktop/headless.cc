#include "oriel/io/desktop/headless.h"

#include <fmt/core.h>
#include <xcb/xcb.h>

#include <utility>

#include "oriel/io/desktop/randr_resize.h"

namespace oriel::desktop {

Result<std::unique_ptr<HeadlessDesktop>> HeadlessDesktop::open(boost::asio::io_context& io,
                                                               const HeadlessAddress& address,
                                                               image::Size geometry) {
  ORIEL_TRY(auto framebuffer, MappedFramebuffer::open(address.framebuffer));
  ORIEL_TRY(auto display,
            X11Display::open(io, {fmt::format(":{}", address.display), address.cookie}));
  ORIEL_TRY_VOID(resize_screen(*display, geometry));
  return std::unique_ptr<HeadlessDesktop>(
      new HeadlessDesktop(std::move(display), std::move(framebuffer), address.xauthority));
}

HeadlessDesktop::HeadlessDesktop(std::unique_ptr<X11Display> display, MappedFramebuffer framebuffer,
                                 std::string xauthority)
    : X11Source(std::move(display), KeyRepeat::kByViewer),
      framebuffer_(std::move(framebuffer)),
      xauthority_(std::move(xauthority)) {
  // The viewer repeats.
  const std::uint32_t off = XCB_AUTO_REPEAT_MODE_OFF;
  xcb_change_keyboard_control(this->display().connection(), XCB_KB_AUTO_REPEAT_MODE, &off);
}

void HeadlessDesktop::capture(std::span<const image::Rect> rects, CaptureDone done) {
  patches_.clear();
  for (const image::Rect& rect : rects) {
    patches_.push_back({rect, framebuffer_.view().crop(rect)});
  }
  captured(rects, patches_);
  done(patches_);
}

void HeadlessDesktop::resize(image::Size size, std::move_only_function<void(Status)> done) {
  const auto largest = framebuffer_.view().size();
  if (size.width < 1 || size.height < 1 || size.width > largest.width ||
      size.height > largest.height) {
    return done(fail(ErrorCode::kTooLarge,
                     fmt::format("asked for {}x{}, possible are 1x1 to {}x{} (--max-geometry)",
                                 size.width, size.height, largest.width, largest.height)));
  }
  resize_screen_later(display(), size, std::move(done));
}

std::map<std::string, std::string> HeadlessDesktop::details() const {
  return {{"kind", "headless"}, {"display", display().name()}, {"xauthority", xauthority_}};
}

}  // namespace oriel::desktop

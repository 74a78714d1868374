#include "oriel/io/desktop/x11_screens.h"

#include <xcb/randr.h>

#include <algorithm>
#include <utility>

#include "oriel/io/desktop/limits.h"
#include "oriel/io/desktop/x11_display.h"

namespace oriel::desktop {

std::vector<ScreenPart> several_screens(std::vector<ScreenPart> monitors, image::Size size) {
  std::vector<ScreenPart> screens;
  for (auto monitor : monitors) {
    monitor.rect = monitor.rect.intersected(image::Rect::of(size));
    const bool is_known =
        std::ranges::find(screens, monitor.rect, &ScreenPart::rect) != screens.end();
    if (monitor.rect.is_empty() || is_known || screens.size() == kMaxScreens) continue;
    screens.push_back(monitor);
  }
  if (screens.size() < 2) screens.clear();
  return screens;
}

X11Screens::X11Screens(X11Display& display, std::function<void()> changed)
    : display_(display), changed_(std::move(changed)) {}

X11Screens::~X11Screens() { *alive_ = false; }

void X11Screens::refresh() {
  if (!display_.has_monitors() || display_.is_lost()) return;
  if (is_asking_) {
    must_ask_again_ = true;
    return;
  }
  is_asking_ = true;
  const auto cookie = xcb_randr_get_monitors(display_.connection(), display_.root(), 1);
  display_.expect_reply(cookie.sequence,
                        [this, alive = alive_](const X11Display::OwnedReply& reply) {
                          if (!*alive) return;
                          is_asking_ = false;
                          if (std::exchange(must_ask_again_, false)) return refresh();
                          if (reply) take(reply.get());
                        });
  display_.flush();
}

void X11Screens::display_resized() { layout_ = several_screens(layout_, display_.size()); }

void X11Screens::take(const void* reply) {
  std::vector<ScreenPart> monitors;
  auto each = xcb_randr_get_monitors_monitors_iterator(
      static_cast<const xcb_randr_get_monitors_reply_t*>(reply));
  for (; each.rem > 0; xcb_randr_monitor_info_next(&each)) {
    const auto* monitor = each.data;
    monitors.push_back({monitor->name, {monitor->x, monitor->y, monitor->width, monitor->height}});
  }
  auto layout = several_screens(std::move(monitors), display_.size());
  if (layout == layout_) return;
  layout_ = std::move(layout);
  changed_();
}

}  // namespace oriel::desktop

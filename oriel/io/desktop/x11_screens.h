#pragma once
// The monitors of an X display, as RANDR 1.5 tells them, kept up to date without waiting.

#include <functional>
#include <memory>
#include <vector>

#include "oriel/io/desktop/desktop.h"

namespace oriel::desktop {

class X11Display;

// What of `monitors` a desktop of `size` shows: cut to it, those that show the same place taken as
// one, at most kMaxScreens; nothing unless there are several.
std::vector<ScreenPart> several_screens(std::vector<ScreenPart> monitors, image::Size size);

// The network thread owns it.
class X11Screens {
 public:
  // `display` must outlive it; `changed` is called from the loop when `layout` is another one.
  X11Screens(X11Display& display, std::function<void()> changed);
  ~X11Screens();
  X11Screens(const X11Screens&) = delete;
  X11Screens& operator=(const X11Screens&) = delete;

  // Empty: one screen.
  const std::vector<ScreenPart>& layout() const { return layout_; }
  // Asks the server anew; many calls while it answers are one more question.
  void refresh();
  // The display has another size: what lies outside is not told any more.
  void display_resized();

 private:
  void take(const void* reply);

  X11Display& display_;
  std::function<void()> changed_;
  std::vector<ScreenPart> layout_;
  bool is_asking_ = false;
  bool must_ask_again_ = false;
  // An answer that comes after the end sees that it has come.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace oriel::desktop

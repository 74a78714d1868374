#pragma once
// Opens an X display beside the loop, on a thread of its own that never outstays its welcome: a
// server that has stopped, or a machine out of reach, costs an error after kDisplayOpenTimeout.

#include <functional>
#include <memory>
#include <string>

#include "oriel/io/desktop/desktop.h"
#include "oriel/io/desktop/x11_clipboard.h"

namespace boost::asio {
class io_context;
}

namespace oriel::desktop {

using DesktopDone = std::move_only_function<void(Result<std::unique_ptr<Desktop>>)>;

// The network thread owns it.
class X11Opener {
 public:
  // `io` must outlive it and what it opens. `display` as in $DISPLAY.
  X11Opener(boost::asio::io_context& io, std::string display, ClipboardSelections selections = {});
  // Gives up; `done` is not called any more.
  ~X11Opener();
  X11Opener(const X11Opener&) = delete;
  X11Opener& operator=(const X11Opener&) = delete;

  // Calls `done` once, from the loop. One at a time.
  void open(DesktopDone done);

 private:
  struct Attempt;

  void give_up();

  boost::asio::io_context& io_;
  std::string display_;
  ClipboardSelections selections_;
  std::shared_ptr<Attempt> attempt_;
};

}  // namespace oriel::desktop

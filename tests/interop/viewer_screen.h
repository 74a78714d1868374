#pragma once
// An X server of its own with a VNC viewer on it, as a user would see it.

#include <memory>
#include <optional>
#include <string>

#include "tests/support/child_process.h"
#include "tests/support/oriel_server.h"
#include "tests/support/picture.h"

namespace oriel::interop {

// TigerVNC's viewer for the server on 127.0.0.1. `password` empty: only an open door is taken; else
// only VNC Authentication.
support::Command tigervnc_viewer(int vnc_port, const std::string& password = "",
                                 const std::string& encoding = "ZRLE");

// Owned by one thread; ends what it started. Throws std::runtime_error when the X server does not
// start or an X program fails.
class ViewerScreen {
 public:
  // For a desktop of this size. The screen is larger, because viewers shrink a window that would
  // fill it.
  ViewerScreen(int width, int height);

  // Starts the viewer. `title`: a part of its window's title.
  void open(support::Command viewer, const std::string& title);

  // What the viewer's window shows. Waits for the window.
  support::Picture picture() { return support::grab(display_, window()); }
  // What the upper left of the screen shows, without waiting for anything.
  support::Picture corner(int width, int height) const;

  // Gives the viewer's window the keyboard, as a window manager would, and moves the pointer to a
  // place in it, in two steps, so that it does move.
  void move_pointer(int x, int y);
  void type(const std::string& text) { xdotool({"type", "--delay", "20", text}); }

  std::string log() const { return viewer_ ? viewer_->output() : ""; }
  std::optional<int> exit_code() { return viewer_->exit_code(); }

 private:
  std::string xdotool(std::vector<std::string> arguments) const;
  std::string display_number() const;
  const std::string& window();

  support::TemporaryFolder home_;  // viewers keep a history of servers there
  support::ChildProcess xvfb_;
  support::XDisplay display_;
  std::string title_, window_;
  std::unique_ptr<support::ChildProcess> viewer_;
};

}  // namespace oriel::interop

#include "tests/interop/viewer_screen.h"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>

#include "tests/support/wait_until.h"

namespace oriel::interop {

using namespace oriel::support;

Command tigervnc_viewer(int vnc_port, const std::string& password, const std::string& encoding) {
  Command command{
      {"xtigervncviewer", "-PreferredEncoding=" + encoding, "-AutoSelect=0", "-FullColor=1",
       "-NoJPEG=1", "-RemoteResize=0", "-AlertOnFatalError=0", "-ReconnectOnError=0"},
      {}};
  if (!password.empty()) command.environment["VNC_PASSWORD"] = password;
  command.arguments.push_back(password.empty() ? "-SecurityTypes=None" : "-SecurityTypes=VncAuth");
  command.arguments.push_back("127.0.0.1::" + std::to_string(vnc_port));
  return command;
}

ViewerScreen::ViewerScreen(int width, int height)
    // A reset, when the last client leaves, would also close a viewer that comes just then.
    : xvfb_({{"Xvfb", "-noreset", "-displayfd", "1", "-nolisten", "tcp", "-screen", "0",
              fmt::format("{}x{}x24", width + 200, height + 200)},
             {}}) {
  wait_until([this] { return !display_number().empty() || xvfb_.exit_code(); });
  if (display_number().empty()) throw std::runtime_error("Xvfb: " + xvfb_.output());
  display_.name = ":" + display_number();
}

void ViewerScreen::open(Command viewer, const std::string& title) {
  viewer.environment["DISPLAY"] = display_.name;
  viewer.environment["HOME"] = home_.path();
  title_ = title;
  window_.clear();
  viewer_ = std::make_unique<ChildProcess>(viewer);
}

Picture ViewerScreen::corner(int width, int height) const {
  return cropped(grab(display_), width, height);
}

void ViewerScreen::move_pointer(int x, int y) {
  xdotool({"windowfocus", window()});
  for (const int step : {1, 0}) {
    xdotool({"mousemove", "--window", window(), std::to_string(x + step), std::to_string(y)});
  }
}

std::string ViewerScreen::xdotool(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"timeout", "15", "xdotool"});
  return run({arguments, {{"DISPLAY", display_.name}}});
}

// Xvfb writes the number of its display on a line of its own, among warnings of numbers in use.
std::string ViewerScreen::display_number() const {
  std::istringstream lines(xvfb_.output());
  for (std::string line; std::getline(lines, line) && !lines.eof();) {
    if (line.find_first_not_of("0123456789") == std::string::npos) return line;
  }
  return "";
}

const std::string& ViewerScreen::window() {
  if (window_.empty()) {
    window_ = xdotool({"search", "--sync", "--onlyvisible", "--name", title_});
    window_ = window_.substr(0, window_.find('\n'));
  }
  return window_;
}

}  // namespace oriel::interop

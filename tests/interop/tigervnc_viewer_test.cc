// TigerVNC's viewer, in an X server of its own, against `oriel serve`.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <stdexcept>

#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"

namespace oriel::interop {

using namespace oriel::support;
namespace {

using testing::Optional;

// An Xvfb with the viewer on it. The screen is larger than the desktop, because the viewer shrinks
// a window that would fill the screen.
class ViewerScreen {
 public:
  ViewerScreen(int width, int height)
      : xvfb_({{"Xvfb", "-displayfd", "1", "-nolisten", "tcp", "-screen", "0",
                fmt::format("{}x{}x24", width + 200, height + 200)},
               {}}) {
    wait_until([this] { return !display_number().empty() || xvfb_.exit_code(); });
    if (display_number().empty()) throw std::runtime_error("Xvfb: " + xvfb_.output());
    display_.name = ":" + display_number();
  }

  // `password` empty: only an open door is taken; else only VNC Authentication.
  void open(int vnc_port, const std::string& password) {
    Command command{{"xtigervncviewer", "-PreferredEncoding=ZRLE", "-AutoSelect=0", "-FullColor=1",
                     "-NoJPEG=1", "-RemoteResize=0", "-AlertOnFatalError=0", "-ReconnectOnError=0"},
                    {{"DISPLAY", display_.name}, {"HOME", home_.path()}}};
    if (!password.empty()) command.environment["VNC_PASSWORD"] = password;
    command.arguments.push_back(password.empty() ? "-SecurityTypes=None"
                                                 : "-SecurityTypes=VncAuth");
    command.arguments.push_back("127.0.0.1::" + std::to_string(vnc_port));
    viewer_ = std::make_unique<ChildProcess>(command);
  }

  // What the viewer's window shows. Waits for the window.
  Picture picture() { return grab(display_, window()); }

  // Gives the viewer's window the keyboard, as a window manager would, and moves the pointer to a
  // place in it, in two steps, so that it does move.
  void move_pointer(int x, int y) {
    xdotool({"windowfocus", window()});
    for (const int step : {1, 0}) {
      xdotool({"mousemove", "--window", window(), std::to_string(x + step), std::to_string(y)});
    }
  }

  void type(const std::string& text) { xdotool({"type", "--delay", "20", text}); }

  std::string log() const { return viewer_->output(); }
  std::optional<int> exit_code() { return viewer_->exit_code(); }

 private:
  std::string xdotool(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"timeout", "15", "xdotool"});
    return run({arguments, {{"DISPLAY", display_.name}}});
  }

  // Xvfb writes the number of its display on a line of its own, among warnings of numbers in use.
  std::string display_number() const {
    std::istringstream lines(xvfb_.output());
    for (std::string line; std::getline(lines, line) && !lines.eof();) {
      if (line.find_first_not_of("0123456789") == std::string::npos) return line;
    }
    return "";
  }

  std::string window() {
    if (window_.empty()) {
      window_ = xdotool({"search", "--sync", "--onlyvisible", "--name", "TigerVNC"});
      window_ = window_.substr(0, window_.find('\n'));
    }
    return window_;
  }

  TemporaryFolder home_;  // the viewer keeps a history of servers there
  ChildProcess xvfb_;
  XDisplay display_;
  std::string window_;
  std::unique_ptr<ChildProcess> viewer_;
};

TEST(TigervncViewer, ShowsTheDesktopPixelByPixel) {
  OrielServer server({.session = painting_session()});
  ASSERT_TRUE(
      wait_until([&] { return distinct_colours(grab(server.display())) > kPaintedColours; }));
  ViewerScreen screen(1024, 700);
  screen.open(server.vnc_port(), "");

  std::string last;
  EXPECT_TRUE(wait_until([&] {
    screen.move_pointer(512, 2);
    const Picture before = grab(server.display());
    const Picture shown = screen.picture();
    last = before == grab(server.display()) ? difference(before, shown) : "the desktop changes";
    return last.empty();
  })) << last
      << "\n"
      << screen.log() << server.output();
  EXPECT_THAT(server.stop(), Optional(0)) << server.output();
}

TEST(TigervncViewer, TypesTextThatArrivesExactly) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "typed";
  OrielServer server({.session = typing_session(file)});
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(file); })) << server.output();
  ViewerScreen screen(1024, 700);
  screen.open(server.vnc_port(), "");
  screen.move_pointer(100, 100);
  ASSERT_TRUE(wait_until([&] { return grab(server.display()) == screen.picture(); }))
      << screen.log();

  const std::string text = "Hello, Oriel! (TigerVNC) {0123} <a@b.c> ~$%^&*\n";
  screen.move_pointer(200, 100);
  screen.type(text);
  EXPECT_TRUE(wait_until([&] { return read_file(file) == text; })) << read_file(file);
  EXPECT_THAT(server.stop(), Optional(0)) << server.output();
}

TEST(TigervncViewer, OpensWithThePasswordOnly) {
  OrielServer server({.session = painting_session(), .password = "sesame12"});
  ViewerScreen refused(1024, 700);
  refused.open(server.vnc_port(), "sesame13");
  EXPECT_TRUE(wait_until([&] { return refused.exit_code().has_value(); })) << refused.log();

  ViewerScreen accepted(1024, 700);
  accepted.open(server.vnc_port(), "sesame12");
  EXPECT_TRUE(wait_until([&] {
    accepted.move_pointer(512, 2);
    return distinct_colours(grab(server.display())) > kPaintedColours &&
           grab(server.display()) == accepted.picture();
  })) << accepted.log();
}

}  // namespace
}  // namespace oriel::interop

// The extended clipboard of TigerVNC's viewer: text between programs on its screen and programs on
// the desktop, with `oriel serve` in between.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"

namespace oriel::interop {

using namespace oriel::support;
namespace {

const std::string kEverything = "é Ж 中 \xf0\x9f\x98\x80\nsecond line\n";

// A display with programs on it that copy and paste.
class Programs {
 public:
  explicit Programs(XDisplay display) : display_(std::move(display)) {}

  void copy(const std::string& text) {
    const auto file = folder_.path() / fmt::format("copied{}", copies_.size());
    std::ofstream(file, std::ios::binary) << text;
    copies_.push_back(std::make_unique<ChildProcess>(
        command({"xclip", "-quiet", "-i", file.string(), "-selection", "clipboard"})));
  }
  std::string paste() {
    const auto file = folder_.path() / "pasted";
    ChildProcess program(
        command({"sh", "-c", "timeout 5 xclip -o -selection clipboard > " + file.string()}));
    wait_until([&] { return program.exit_code().has_value(); });
    return read_file(file);
  }
  std::string xdotool(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"timeout", "15", "xdotool"});
    return run(command(std::move(arguments)));
  }

  Command command(std::vector<std::string> arguments) const {
    Command command{std::move(arguments), {{"DISPLAY", display_.name}}};
    if (!display_.authority.empty()) command.environment["XAUTHORITY"] = display_.authority;
    return command;
  }

 private:
  XDisplay display_;
  TemporaryFolder folder_;
  std::vector<std::unique_ptr<ChildProcess>> copies_;
};

// An X server for a viewer.
class Screen {
 public:
  Screen()
      : xvfb_({{"Xvfb", "-noreset", "-displayfd", "1", "-nolisten", "tcp", "-screen", "0",
                "1280x1024x24"},
               {}}) {
    wait_until([this] { return !number().empty() || xvfb_.exit_code(); });
    if (number().empty()) throw std::runtime_error("Xvfb: " + xvfb_.output());
  }
  XDisplay display() const { return {":" + number(), ""}; }

 private:
  std::string number() const {
    std::istringstream lines(xvfb_.output());
    for (std::string line; std::getline(lines, line) && !lines.eof();) {
      if (line.find_first_not_of("0123456789") == std::string::npos) return line;
    }
    return "";
  }

  ChildProcess xvfb_;
};

TEST(TigervncClipboard, CarriesEveryCharacterBothWays) {
  OrielServer server({.session = "exec sleep 1000"});
  Programs desktop(server.display());
  Screen screen;
  Programs local(screen.display());
  const TemporaryFolder home;  // the viewer keeps a history of servers there
  Command command =
      local.command({"xtigervncviewer", "-SecurityTypes=None", "-RemoteResize=0",
                     "-AlertOnFatalError=0", "-ReconnectOnError=0", "-Log=*:stderr:100",
                     "127.0.0.1::" + std::to_string(server.vnc_port())});
  command.environment["HOME"] = home.path();
  ChildProcess viewer(command);
  auto window = local.xdotool({"search", "--sync", "--onlyvisible", "--name", "TigerVNC"});
  window = window.substr(0, window.find('\n'));
  // It takes part in the clipboard while it has the keyboard.
  local.xdotool({"windowfocus", "--sync", window});

  desktop.copy(kEverything);
  EXPECT_TRUE(wait_until([&] { return local.paste() == kEverything; }))
      << local.paste() << "\n"
      << viewer.output() << server.output();

  local.copy("local " + kEverything);
  EXPECT_TRUE(wait_until([&] { return desktop.paste() == "local " + kEverything; }))
      << desktop.paste() << "\n"
      << viewer.output() << server.output();
  EXPECT_EQ(local.paste(), "local " + kEverything) << "what was copied is still there";
  EXPECT_FALSE(viewer.exit_code());
}

}  // namespace
}  // namespace oriel::interop

#include "oriel/io/desktop/session_plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace oriel::desktop {
namespace {

constexpr const char* kWindowManagers[] = {"openbox",  "xfwm4",    "icewm", "fluxbox", "marco",
                                           "metacity", "blackbox", "jwm",   "twm"};

// How xterm writes: by its own bitmap font, or by fontconfig's, which brings all scripts.
struct TerminalFont {
  const char* options;
  image::Size letter_px;
};
constexpr TerminalFont kBitmapFont{"", {6, 13}};
constexpr TerminalFont kOutlineFont{"-fa Monospace -fs 11 ", {9, 18}};

// A terminal on three quarters of the screen, in its upper left part.
std::string terminal_command(image::Size geometry, const FindProgram& find) {
  if (find("xterm")) {
    const TerminalFont& font = find("fc-match") ? kOutlineFont : kBitmapFont;
    const int columns = std::max(20, geometry.width * 3 / 4 / font.letter_px.width);
    const int rows = std::max(5, geometry.height * 3 / 4 / font.letter_px.height);
    return fmt::format("xterm {}-geometry {}x{}+{}+{}", font.options, columns, rows,
                       geometry.width / 16, geometry.height / 12);
  }
  if (find("x-terminal-emulator")) return "x-terminal-emulator";
  return {};
}

Result<std::string> built_in_command(image::Size geometry, const FindProgram& find) {
  const auto* manager = std::ranges::find_if(
      kWindowManagers, [&](const char* name) { return find(name).has_value(); });
  const bool has_manager = manager != std::end(kWindowManagers);
  const std::string terminal = terminal_command(geometry, find);
  if (!has_manager && terminal.empty()) {
    return fail(ErrorCode::kUnavailable,
                "no session is started: neither a window manager nor a terminal is installed; on "
                "Debian: apt-get install openbox xterm, or give --session COMMAND");
  }
  std::string command;
  if (find("xsetroot")) command += "xsetroot -solid '#2e4053' -cursor_name left_ptr; ";
  if (!has_manager) return command + "exec " + terminal;
  if (terminal.empty()) return command + "exec " + *manager;
  // A closed terminal comes again as long as the window manager, which takes the shell's process,
  // is there. The first one comes after the manager, which else would not give it the keyboard.
  const std::string terminals =
      fmt::format("while kill -0 $$ 2>/dev/null; do {}; sleep 1; done", terminal);
  if (std::string_view(*manager) == "openbox") {
    return command + fmt::format("exec openbox --startup \"sh -c '{}'\"", terminals);
  }
  return command + fmt::format("{{ sleep 1; {}; }} & exec {}", terminals, *manager);
}

bool is_utf8_locale(std::string name) {
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name.ends_with("utf-8") || name.ends_with("utf8") ||
         name.find("utf-8@") != std::string::npos || name.find("utf8@") != std::string::npos;
}

// The locale that decides about letters (setlocale(3)).
std::string effective_locale(const Environment& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    auto found = environment.find(name);
    if (found != environment.end() && !found->second.empty()) return found->second;
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> plan_session(const SessionWish& wish, const FindProgram& find) {
  std::vector<std::string> arguments;
  if (const auto dbus = find("dbus-run-session")) arguments = {*dbus, "--"};
  if (wish.command.empty() && !wish.user_file.empty()) {
    arguments.push_back(wish.user_file);
    return arguments;
  }
  std::string command = wish.command;
  if (command.empty()) {
    ORIEL_TRY(command, built_in_command(wish.geometry, find));
  }
  arguments.insert(arguments.end(), {"/bin/sh", "-c", command});
  return arguments;
}

Environment plan_environment(Environment base, const SessionPlace& place) {
  for (const char* name : {"WAYLAND_DISPLAY", "WAYLAND_SOCKET", "SESSION_MANAGER", "WINDOWID",
                           "DBUS_SESSION_BUS_ADDRESS", "DESKTOP_STARTUP_ID", "ORIEL_PASSWORD"}) {
    base.erase(name);
  }
  base["DISPLAY"] = fmt::format(":{}", place.display);
  base["XAUTHORITY"] = place.xauthority;
  base["XDG_SESSION_TYPE"] = "x11";
  if (!place.has_runtime_folder) base["XDG_RUNTIME_DIR"] = place.runtime_folder;
  if (!is_utf8_locale(effective_locale(base))) {
    base.erase("LC_ALL");
    base.erase("LC_CTYPE");
    base["LANG"] = "C.UTF-8";
  }
  return base;
}

}  // namespace oriel::desktop

#pragma once
// What program a headless desktop runs and in what environment. Pure: what is installed and what
// the environment is are arguments.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "oriel/base/result.h"
#include "oriel/core/image/rect.h"

namespace oriel::desktop {

using Environment = std::map<std::string, std::string>;
// The path of a program in $PATH.
using FindProgram = std::function<std::optional<std::string>(const std::string& name)>;

struct SessionWish {
  std::string command;    // for /bin/sh; empty: see below
  std::string user_file;  // the user's own executable session file, if there is one
  image::Size geometry;   // the terminal is fitted into it
};

// The argument vector: the wished command, else the user's file, else a window manager with a
// terminal, whatever of both is installed; under a D-Bus session of its own when that is installed.
// kUnavailable with a sentence when there is nothing to run.
Result<std::vector<std::string>> plan_session(const SessionWish& wish, const FindProgram& find);

struct SessionPlace {
  int display = 0;
  std::string xauthority;
  std::string runtime_folder;  // taken when the environment has no usable XDG_RUNTIME_DIR
  bool has_runtime_folder = false;
};

// The environment of the session: `base` with the display, a UTF-8 locale, and nothing that points
// to the desktop that Oriel was started from.
Environment plan_environment(Environment base, const SessionPlace& place);

}  // namespace oriel::desktop

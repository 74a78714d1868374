#pragma once
// The process between Oriel and its private X server: starts the server and the session, and ends
// both, with everything that descends from them, when Oriel ends in any way.

#include <span>
#include <string_view>

namespace oriel::desktop {

// The hidden subcommand by which the program becomes the supervisor: `oriel supervise-desktop ...`.
inline constexpr std::string_view kSupervisorCommand = "supervise-desktop";

// To be called by `main`, before it starts a thread or opens a file, when its first argument is
// kSupervisorCommand; `arguments` are those after it. Returns the program's exit code when all is
// over. Only HeadlessServer (supervisor.h) starts it: file 3 is its line to Oriel.
int run_supervisor(std::span<const char* const> arguments);

}  // namespace oriel::desktop

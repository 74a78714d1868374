#pragma once
// `oriel shot`, `click`, `move`, `drag`, `scroll`, `type`, `key`, `clip`, `wait`, `info`, `do`:
// drives any VNC server. The commands are those of the verb table (app/agent/verb_table.h).

#include <span>
#include <string_view>

namespace oriel::cli {

// `command` is one for which is_drive_command() holds. Gives the exit code.
int run_drive(std::string_view command, std::span<const char* const> arguments);

}  // namespace oriel::cli

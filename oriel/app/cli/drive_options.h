#pragma once
// What `oriel shot`, `click`, `do` and the other commands that drive a desktop are told, read from
// their arguments.

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/agent/verb_line.h"
#include "oriel/app/client/connection_options.h"
#include "oriel/base/result.h"

namespace oriel::cli {

struct DriveOptions {
  // At least one, unless a preset or a template says where the server is.
  std::vector<std::string> targets;
  // Of each of them; `target` is empty.
  client::ConnectionOptions connection;
  std::vector<std::string> parameter_names;  // that --param gave
  std::vector<agent::VerbCall> calls;
  // The same as text or words, for a session.
  std::string text;
  std::vector<std::string> words;

  // For all of it: a session, connecting, the verbs. Nothing: they have times of their own.
  std::optional<std::chrono::milliseconds> time;
  std::string password_file;
  bool is_json = false;
  bool is_verbose = false;
  bool uses_session = true;
  bool wants_help = false;
};

// `command` is the first word of a verb, or "do". `arguments` are those after it: TARGET, then what
// the verb takes, with the flags anywhere among them. Errors are kInvalid, one sentence for the
// user.
Result<DriveOptions> parse_drive_arguments(std::string_view command,
                                           std::span<const char* const> arguments);

// The flags that say how to connect, of `command`, taken out of `arguments`; the others are left in
// `rest`.
Result<DriveOptions> parse_connection_flags(std::span<const char* const> arguments,
                                            std::vector<std::string>& rest);

// Whether --json is among the arguments, also of some that are wrong otherwise.
bool wants_json(std::span<const char* const> arguments);

// Whether it is the first word of a verb, or "do".
bool is_drive_command(std::string_view name);
// Those words, each once, in the order of the verb table.
std::vector<std::string_view> drive_commands();
// One line for the list of commands.
std::string drive_summary(std::string_view command);
// What `oriel COMMAND --help` prints: examples first.
std::string drive_help(std::string_view command);
// The part about the flags that say how to connect.
std::string connection_flags_help();

}  // namespace oriel::cli

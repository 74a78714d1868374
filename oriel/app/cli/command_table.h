#pragma once
// THE list of subcommands of `oriel`. A command stands here when it works, not before.

#include <span>
#include <string>
#include <string_view>

namespace oriel::cli {

// What the program ends with (docs/exit_codes.md).
enum ExitCode : int {
  kDone = 0,
  kInternalError = 1,
  kUsage = 2,    // or configuration, or a refusal to start
  kRefused = 3,  // by the server: no password, or a wrong one
  kNeverConnected = 10,
  kConnectionLost = 11,  // and not found again; what was under way may have been done
  kProtocolError = 20,   // what answers speaks something else
  kActionFailed = 30,    // the other side says so
  kTimedOut = 40,
};

struct Command {
  std::string_view name;
  std::string_view help;  // empty: not for users, not listed
  // `arguments` are those after the command's name.
  int (*run)(std::span<const char* const> arguments);
};

std::span<const Command> command_table();

// Runs the program by the path that it was started with: under the name of another program (a link)
// it is the command that takes its place. Gives the exit code.
int run_program_as(std::string_view program, std::span<const char* const> arguments);

// Runs what the arguments of `main` (without the program's name) say, and gives the exit code.
int run_program(std::span<const char* const> arguments);

}  // namespace oriel::cli

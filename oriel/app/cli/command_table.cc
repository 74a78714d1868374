#include "oriel/app/cli/command_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string>

#include "oriel/app/cli/conduit_call.h"
#include "oriel/app/cli/conduit_listen.h"
#include "oriel/app/cli/conduit_methods.h"
#include "oriel/app/cli/conduit_send.h"
#include "oriel/app/cli/doctor.h"
#include "oriel/app/cli/drive.h"
#include "oriel/app/cli/drive_options.h"
#include "oriel/app/cli/drive_report.h"
#include "oriel/app/cli/monitor.h"
#include "oriel/app/cli/serve.h"
#include "oriel/app/cli/session.h"
#include "oriel/app/config/suggestion.h"
#include "oriel/base/version.h"
#include "oriel/io/desktop/supervisor_process.h"

namespace oriel::cli {
namespace {

int print_version(std::span<const char* const> arguments) {
  const bool is_json = wants_json(arguments);
  for (const std::string_view argument : arguments)
    if (argument != "--json")
      return say_usage_error(fmt::format("version takes no arguments but --json, got '{}'",
                                         config::printable(argument)),
                             is_json);
  if (is_json)
    fmt::print("{{\"version\":\"{}\"}}\n", kVersion);
  else
    fmt::print("oriel {}\n", kVersion);
  return kDone;
}

int say_no_command(std::string_view name, bool is_json) {
  const auto shown = config::printable(name);
  if (name.starts_with('-'))
    return say_usage_error(fmt::format("{0} stands where the command would; flags stand behind it: "
                                       "oriel COMMAND {0} ..., and `oriel --help` lists commands",
                                       shown),
                           is_json);
  return say_usage_error(fmt::format("'{}' is not a command; `oriel --help` lists them", shown),
                         is_json);
}

constexpr Command kTable[] = {
    {"serve", "show a desktop to VNC viewers and browsers", run_serve},
    {"monitor", "show what hosts are doing, or publish it (--serve)", run_monitor},
    {"call", "call a method of a conduit server", run_call},
    {"listen", "print the messages of a conduit server", run_listen},
    {"send", "send a message to a conduit server", run_send},
    {"methods", "list the methods of a conduit server", run_methods},
    {"session", "keep a connection to a desktop for the commands that drive it", run_session},
    {"doctor", "say what is wrong on this machine, and what to do", run_doctor},
    {"version", "print the version", print_version},
    {desktop::kSupervisorCommand, "", desktop::run_supervisor},
};

// Of the program that `oriel monitor` takes the place of.
constexpr std::string_view kMonitorNames[] = {"monitoring-websocket-client", "monitoring-client"};

std::string program_help() {
  std::string text =
      "Oriel shows a desktop to people and programs.\n\n"
      "Example: oriel serve --geometry 1280x800\n\n"
      "Commands:\n";
  for (const auto& command : kTable)
    if (!command.help.empty()) text += fmt::format("  {:<10}{}\n", command.name, command.help);
  text += "\nCommands that drive any VNC server:\n";
  for (const auto name : drive_commands())
    text += fmt::format("  {:<10}{}\n", name, drive_summary(name));
  return text + "\n`oriel COMMAND --help` says more.\n";
}

}  // namespace

std::span<const Command> command_table() { return kTable; }

int run_program_as(std::string_view program, std::span<const char* const> arguments) {
  const auto name = program.substr(program.rfind('/') + 1);
  if (std::ranges::find(kMonitorNames, name) != std::end(kMonitorNames))
    return run_monitor(arguments);
  return run_program(arguments);
}

int run_program(std::span<const char* const> arguments) {
  const std::string_view name = arguments.empty() ? "" : arguments[0];
  if (name == "--help" || name == "-h" || name == "help") {
    fmt::print("{}", program_help());
    return kDone;
  }
  if (name == "--version") return print_version({});
  for (const auto& command : kTable)
    if (command.name == name) return command.run(arguments.subspan(1));
  if (is_drive_command(name)) return run_drive(name, arguments.subspan(1));
  if (!name.empty()) return say_no_command(name, wants_json(arguments));
  std::fputs(program_help().c_str(), stderr);
  return kUsage;
}

}  // namespace oriel::cli

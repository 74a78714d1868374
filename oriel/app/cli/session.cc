#include "oriel/app/cli/session.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/drive_named.h"
#include "oriel/app/cli/drive_options.h"
#include "oriel/app/cli/drive_report.h"
#include "oriel/app/cli/drive_secrets.h"
#include "oriel/app/cli/drive_target.h"
#include "oriel/app/cli/monitor_flag_values.h"
#include "oriel/app/cli/password_prompt.h"
#include "oriel/app/cli/say.h"
#include "oriel/app/cli/session_client.h"
#include "oriel/app/cli/session_place.h"
#include "oriel/app/cli/session_server.h"
#include "oriel/app/conduit/map_members.h"
#include "oriel/app/config/suggestion.h"

namespace oriel::cli {
namespace {

using conduit::text_in;
using conduit::Value;
using namespace std::chrono_literals;

std::string help() {
  return "Example: oriel session start localhost:1\n"
         "         oriel click localhost:1 100 200      uses that connection, in some "
         "milliseconds\n"
         "         oriel session list\n"
         "         oriel session stop localhost:1\n\n"
         "Keeps a connection to a desktop in the background. Commands for the same target and user "
         "use\n"
         "it as long as it is there, but for those with a password or options that it does not "
         "have: they\n"
         "connect by themselves. Those that act take turns, the others do not wait. What is held "
         "down\n"
         "stays so between them, unless the command that holds it is interrupted.\n\n"
         "  start TARGET  connects; --idle SECONDS: ends after so long without a command, else "
         "600; 0: never\n"
         "  stop TARGET   ends it; --all: ends all\n"
         "  list          shows those that are there, their options, and what they do; --json\n" +
         connection_flags_help() +
         "\nIts socket is in $XDG_RUNTIME_DIR/oriel, else /tmp/oriel-UID, for its user alone.\n";
}

// ---- start

// The child tells its parent: a byte for the kind of error, 255 for none, and the sentence.
constexpr std::uint8_t kGood = 255;

void tell(int pipe, const agent::AgentStatus& status) {
  std::string text(1, static_cast<char>(status ? kGood : static_cast<int>(status.error().kind)));
  if (!status) text += status.error().message;
  (void)!::write(pipe, text.data(), text.size());
  ::close(pipe);
}

agent::AgentStatus hear(int pipe) {
  std::string text;
  char part[512];
  while (true) {
    const auto count = ::read(pipe, part, sizeof part);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(part, static_cast<std::size_t>(count));
  }
  if (text.empty())
    return agent::failure(agent::ErrorKind::kInternal, "the session ended without a word");
  if (static_cast<std::uint8_t>(text[0]) == kGood) return {};
  return agent::failure(static_cast<agent::ErrorKind>(text[0]), text.substr(1));
}

void close_streams(int first, int last) {
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (int stream = first; stream <= last; ++stream) ::dup2(nowhere, stream);
  if (nowhere > STDERR_FILENO) ::close(nowhere);
}

// Of a process that nobody waits for: no terminal, and no streams but the one for its log, as long
// as it connects.
void leave_terminal() {
  ::setsid();
  (void)!::chdir("/");
  close_streams(STDIN_FILENO, STDOUT_FILENO);
}

// No thread may have been started before.
agent::AgentStatus start_in_background(const SessionServerOptions& options) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return agent::failure(agent::ErrorKind::kInternal, std::strerror(errno));
  const pid_t child = ::fork();
  if (child < 0) return agent::failure(agent::ErrorKind::kInternal, std::strerror(errno));
  if (child == 0) {
    ::close(ends[0]);
    leave_terminal();
    run_session_server(options, [pipe = ends[1]](const agent::AgentStatus& status) {
      close_streams(STDERR_FILENO, STDERR_FILENO);
      tell(pipe, status);
    });
    ::_exit(0);
  }
  ::close(ends[1]);
  auto status = hear(ends[0]);
  ::close(ends[0]);
  if (!status) ::waitpid(child, nullptr, 0);
  return status;
}

int say_failure(const agent::AgentError& error, bool is_json) {
  if (!is_json) {
    say_error(error.message);
    return exit_code_of(error, false);
  }
  fmt::print("{}\n", boost::json::serialize(error_document(error, false)));
  return exit_code_of(error, false);
}

// The target of a command that takes one, or none beside a preset or a template.
std::string only_target(const DriveOptions& options) {
  return options.targets.empty() ? std::string() : options.targets[0];
}

int start(DriveOptions options, std::optional<std::chrono::milliseconds> idle) {
  const bool is_json = options.is_json;
  if (options.targets.size() > 1) return say_usage_error("session start takes one target", is_json);
  auto destination = destination_of(options, only_target(options));
  if (!destination) return say_usage_error(destination.error().message, is_json);
  options.connection = std::move(destination->connection);
  if (options.time)
    options.connection.timeout = std::min(options.connection.timeout, *options.time);
  const auto folder = session_folder();
  if (!folder) return say_usage_error(folder.error().message, is_json);
  const auto socket = session_socket(*folder, options.connection);
  if (!socket) return say_usage_error(socket.error().message, is_json);
  if (call_session(*socket, "session.info"))
    return say_usage_error(
        "there is a session of this target and user already; `oriel session list` shows it",
        is_json);
  auto status = start_in_background({options.connection, *socket, idle});
  if (!status && status.error().kind == agent::ErrorKind::kAuthentication &&
      options.connection.password.empty())
    if (auto password = ask_for_password(shown_target_of(options.connection))) {
      options.connection.password = *std::move(password);
      status = start_in_background({options.connection, *socket, idle});
    }
  return status ? kDone : say_failure(status.error(), is_json);
}

// ---- stop, list

// Stopped by a debugger or a signal, or hanging.
std::string silent_session(int process) {
  if (process <= 0) return "the session does not answer";  // kill 0 would end who types it
  return fmt::format("the session of process {} does not answer; end it with kill {}", process,
                     process);
}

int stop(const DriveOptions& options, bool is_all) {
  const bool is_json = options.is_json;
  const auto folder = session_folder();
  if (!folder) return say_usage_error(folder.error().message, is_json);
  std::vector<std::string> sockets;
  if (is_all) {
    sockets = session_sockets(*folder);
  } else {
    const auto& connection = options.connection;
    if (options.targets.size() != 1 && connection.preset.empty() && connection.url_template.empty())
      return say_usage_error("session stop wants a target, or --all", is_json);
    const auto destination = destination_of(options, only_target(options));
    if (!destination) return say_usage_error(destination.error().message, is_json);
    const auto socket = session_socket(*folder, destination->connection);
    if (!socket) return say_usage_error(socket.error().message, is_json);
    sockets.push_back(*socket);
  }
  bool was_there = is_all;
  std::optional<int> silent;  // none keeps the others from being stopped
  for (const auto& socket : sockets) {
    const auto answer = call_session(socket, "session.stop");
    // It may be gone before it has answered.
    if (answer && (*answer || answer->error().code != conduit::CallCode::kTimeout)) {
      was_there = true;
    } else if (const auto process = session_process(socket)) {
      silent = process;
    } else {
      ::unlink(socket.c_str());  // of one that was killed
    }
  }
  if (silent) return say_failure({agent::ErrorKind::kTimeout, silent_session(*silent)}, is_json);
  if (was_there) return kDone;
  return say_failure({agent::ErrorKind::kState,
                      "there is no session of this target and user; `oriel session list` shows "
                      "those there are"},
                     is_json);
}

std::optional<double> find_number(const Value& map, std::string_view key) {
  const auto* value = map.find(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* number = value->if_double()) return *number;
  if (const auto* number = value->if_integer()) return static_cast<double>(*number);
  return std::nullopt;
}

double number_in(const Value& map, std::string_view key) {
  return find_number(map, key).value_or(0);
}

boost::json::object options_in(const Value& info) {
  boost::system::error_code error;
  auto options = boost::json::parse(text_in(info, "options"), error);
  return !error && options.is_object() ? std::move(options.get_object()) : boost::json::object();
}

// ", view-only, ca=/etc/ca.pem".
std::string options_text(const boost::json::object& options) {
  std::string text;
  for (const auto& [name, value] : options) {
    text += fmt::format(", {}", std::string_view(name));
    if (value.is_string()) text += fmt::format("={}", std::string_view(value.get_string()));
  }
  return text;
}

int list(bool is_json) {
  const auto folder = session_folder();
  if (!folder) return say_usage_error(folder.error().message, is_json);
  boost::json::array rows;
  std::string text;
  for (const auto& socket : session_sockets(*folder)) {
    const auto answer = call_session(socket, "session.info");
    if (!answer || !*answer) {
      if (const auto process = session_process(socket)) {
        rows.push_back(
            {{"pid", *process}, {"socket", socket}, {"error", silent_session(*process)}});
        text += fmt::format("{}: {}\n", socket, silent_session(*process));
      } else {
        ::unlink(socket.c_str());
      }
      continue;
    }
    const auto& info = **answer;
    const auto name = text_in(info, "target");
    const auto limit = find_number(info, "idle_limit_s");
    rows.push_back({{"target", name},
                    {"pid", static_cast<std::int64_t>(number_in(info, "pid"))},
                    {"age_s", number_in(info, "age_s")},
                    {"idle_s", number_in(info, "idle_s")},
                    {"idle_limit_s", limit ? boost::json::value(*limit) : nullptr},
                    {"commands", static_cast<std::int64_t>(number_in(info, "commands"))},
                    {"runs", static_cast<std::int64_t>(number_in(info, "runs"))},
                    {"options", options_in(info)},
                    {"socket", socket}});
    text += fmt::format(
        "{:<40} pid {:<8.0f} {:.0f} commands, the last {:.0f} s ago, ends {}{}\n", name,
        number_in(info, "pid"), number_in(info, "commands"), number_in(info, "idle_s"),
        limit ? fmt::format("{:.0f} s after the last", *limit) : std::string("never by itself"),
        options_text(options_in(info)));
    if (const auto acts = text_in(info, "acts"); !acts.empty()) {
      rows.back().as_object()["acts"] = acts;
      text += fmt::format("  does {}\n", acts);
    }
  }
  fmt::print("{}", is_json ? boost::json::serialize(rows) + "\n" : text);
  return kDone;
}

// What stands beside the flags that say how to connect.
struct Words {
  std::string what;  // "start", "stop", "list"
  std::optional<std::chrono::milliseconds> idle = kSessionIdle;
  bool is_all = false;
};

std::unexpected<Error> wrong(std::string clause) {
  return fail(ErrorCode::kInvalid, std::move(clause));
}

// Targets go to the options.
Result<Words> read_words(DriveOptions& options, std::vector<std::string> rest) {
  Words words;
  for (auto word = rest.begin(); word != rest.end(); ++word) {
    const std::string_view text = *word;
    const auto name = text.substr(0, text.find('='));
    if (text == "--all") {
      words.is_all = true;
    } else if (name == "--idle") {
      if (name == text && ++word == rest.end()) return wrong("--idle wants SECONDS");
      const auto value = name == text ? std::string_view(*word) : text.substr(name.size() + 1);
      auto time = parse_time(value, 0s, 24h * 365);
      if (!time) return wrong("--idle: " + time.error().message);
      words.idle = time->count() > 0 ? std::optional(*time) : std::nullopt;
    } else if (text.starts_with('-')) {
      return wrong(fmt::format("session has no flag {}; `oriel session --help` lists them",
                               config::printable(text)));
    } else if (words.what.empty()) {
      words.what = text;
    } else {
      options.targets.push_back(*word);
    }
  }
  return words;
}

}  // namespace

int run_session(std::span<const char* const> arguments) {
  std::vector<std::string> rest;
  auto options = parse_connection_flags(arguments, rest);
  const bool is_json = wants_json(arguments);
  if (!options) return say_usage_error(options.error().message, is_json);
  if (options->wants_help) {
    fmt::print("{}", help());
    return kDone;
  }
  auto words = read_words(*options, std::move(rest));
  if (!words) return say_usage_error(words.error().message, is_json);
  const auto& what = words->what;
  if (what == "list") return list(options->is_json);
  if (what != "start" && what != "stop")
    return say_usage_error(
        fmt::format("session wants start, stop or list, not \"{}\"; `oriel session --help` "
                    "says more",
                    what),
        is_json);
  if (auto read = read_drive_secrets(*options); !read)
    return say_usage_error(read.error().message, is_json);
  if (what == "stop") return stop(*options, words->is_all);
  if (options->targets.empty() && options->connection.preset.empty() &&
      options->connection.url_template.empty())
    return say_usage_error("no TARGET is given: oriel session start TARGET", is_json);
  return start(std::move(*options), words->idle);
}

}  // namespace oriel::cli

#include "oriel/app/cli/drive.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <cctype>
#include <csignal>
#include <cstdio>
#include <exception>
#include <utility>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/drive_named.h"
#include "oriel/app/cli/drive_options.h"
#include "oriel/app/cli/drive_report.h"
#include "oriel/app/cli/drive_secrets.h"
#include "oriel/app/cli/drive_target.h"
#include "oriel/app/cli/password_prompt.h"
#include "oriel/app/cli/say.h"
#include "oriel/app/cli/session_client.h"

namespace oriel::cli {
namespace {

namespace asio = boost::asio;

bool write_all(const void* bytes, std::size_t size) {
  return std::fwrite(bytes, 1, size, stdout) == size && std::fflush(stdout) == 0;
}

// A part of a file's name.
std::string as_file_name(std::string text) {
  for (auto& c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-') c = '_';
  return text;
}

constexpr std::string_view kTargetPlace = "{target}";

// Puts the target into names of files that have {target}. Several targets must not write one file.
Status name_files(std::vector<agent::VerbCall>& calls, const std::string& target, bool is_one) {
  for (auto& call : calls) {
    const auto value = call.values.find("file");
    if (call.verb->name != "shot" || value == call.values.end()) continue;
    auto& file = std::get<std::string>(value->second);
    const auto at = file.find(kTargetPlace);
    if (at != std::string::npos)
      file.replace(at, kTargetPlace.size(), as_file_name(target));
    else if (!is_one)
      return fail(ErrorCode::kInvalid,
                  fmt::format("several targets would write the one file {}; put {} into its name",
                              file, kTargetPlace));
  }
  return {};
}

// Pictures for standard output, and what there is to read beside them.
// False when not all of it could be written.
bool print_output(const VerbOutput& output, bool names_target, const std::string& target) {
  if (!output.picture.empty()) return write_all(output.picture.data(), output.picture.size());
  const auto text =
      names_target && !output.text.empty() ? target + ": " + output.text : output.text;
  return write_all(text.data(), text.size());
}

class Progress {
 public:
  explicit Progress(std::size_t count)
      : count_(count), is_shown_(count > 1 && ::isatty(STDERR_FILENO) == 1) {}
  ~Progress() { clear(); }
  void done(bool is_good) {
    ++done_;
    if (!is_good) ++failed_;
    if (!is_shown_) return;
    clear();
    fmt::print(stderr, "{} of {} done, {} failed", done_, count_, failed_);
    std::fflush(stderr);
  }
  void clear() const {
    if (is_shown_) std::fputs("\r\x1b[K", stderr);
  }

 private:
  std::size_t count_, done_ = 0, failed_ = 0;
  bool is_shown_;
};

class Drive {
 public:
  explicit Drive(DriveOptions options) : options_(std::move(options)) {
    if (options_.targets.empty()) options_.targets.emplace_back();
  }

  int run() {
    std::signal(SIGPIPE, SIG_IGN);
    Progress progress(options_.targets.size());
    std::vector<DriveOutcome> outcomes;
    asio::io_context io{1};
    for (const auto& target : options_.targets) {
      auto named = connection_to(options_.connection, target);
      if (!named) {
        say_error(named.error().message);
        return kUsage;
      }
      auto connection = *std::move(named);
      auto calls = options_.calls;
      const auto shown = shown_target_of(connection);
      if (auto files = name_files(calls, shown, is_one()); !files) {
        say_error(files.error().message);
        return kUsage;
      }
      // A session is told the words as they are.
      if (options_.uses_session && is_one() && !names_files_by_target()) {
        if (auto outcome = run_in_session(connection, options_, listener(shown))) {
          finished(*outcome, progress, outcomes);
          continue;
        }
      }
      start(io, std::move(connection), std::move(calls), progress, outcomes);
    }
    io.run();
    return report(std::move(outcomes));
  }

 private:
  bool is_one() const { return options_.targets.size() == 1; }
  bool names_files_by_target() const {
    return std::ranges::any_of(options_.calls, [](const agent::VerbCall& call) {
      const auto file = call.values.find("file");
      return file != call.values.end() &&
             std::get<std::string>(file->second).contains(kTargetPlace);
    });
  }

  OnOutput listener(const std::string& target) {
    if (options_.is_json) return nullptr;
    return [this, target](const VerbOutput& output) {
      if (!print_output(output, !is_one(), target)) is_output_lost_ = true;
    };
  }

  void start(asio::io_context& io, client::ConnectionOptions connection,
             std::vector<agent::VerbCall> calls, Progress& progress,
             std::vector<DriveOutcome>& outcomes) {
    auto again = [this, &io, connection, calls, &progress,
                  &outcomes](DriveOutcome outcome) mutable {
      const bool may_ask = is_one() && connection.password.empty() && !outcome.has_connected &&
                           outcome.error &&
                           outcome.error->kind == agent::ErrorKind::kAuthentication;
      if (may_ask)
        if (auto password = ask_for_password(outcome.target)) {
          connection.password = *std::move(password);
          return start(io, std::move(connection), std::move(calls), progress, outcomes);
        }
      finished(outcome, progress, outcomes);
    };
    auto on_output = listener(shown_target_of(connection));
    asio::co_spawn(
        io,
        drive_target(io.get_executor(), std::move(connection), std::move(calls),
                     std::move(on_output)),
        [again = std::move(again)](std::exception_ptr thrown, DriveOutcome outcome) mutable {
          if (thrown) std::rethrow_exception(thrown);
          again(std::move(outcome));
        });
  }

  void finished(const DriveOutcome& outcome, Progress& progress,
                std::vector<DriveOutcome>& outcomes) const {
    progress.clear();
    if (outcome.error && !options_.is_json)
      std::fputs(error_line(outcome, !is_one()).c_str(), stderr);
    progress.done(!outcome.error);
    outcomes.push_back(outcome);
  }

  int report(std::vector<DriveOutcome> outcomes) const {
    int code = kDone;
    boost::json::array documents;
    for (const auto& outcome : outcomes) {
      if (code == kDone) code = exit_code_of(outcome);
      documents.push_back(json_of(outcome));
    }
    if (is_output_lost_ && code == kDone) {
      say_error("standard output takes no more");
      return kActionFailed;
    }
    if (!options_.is_json) return code;
    const auto text =
        boost::json::serialize(is_one() ? documents[0] : boost::json::value(documents));
    (void)write_all((text + "\n").data(), text.size() + 1);
    return code;
  }

  DriveOptions options_;
  bool is_output_lost_ = false;
};

}  // namespace

int run_drive(std::string_view command, std::span<const char* const> arguments) {
  auto options = parse_drive_arguments(command, arguments);
  if (!options) {
    say_error(options.error().message);
    return kUsage;
  }
  if (options->wants_help) {
    fmt::print("{}", drive_help(command));
    return kDone;
  }
  if (auto read = read_drive_secrets(*options); !read) {
    say_error(read.error().message);
    return kUsage;
  }
  return Drive(std::move(*options)).run();
}

}  // namespace oriel::cli

#include "oriel/app/cli/drive.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json.hpp>
#include <cctype>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

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

// What the targets say, in the order of the targets: what comes before its turn is kept.
class OrderedOutput {
 public:
  OrderedOutput(std::size_t count, const Progress& progress) : kept_(count), progress_(progress) {}

  void say(std::size_t target, const VerbOutput& output, const std::string& label) {
    if (kept_.size() == 1)
      return write(output.picture.empty() ? as_bytes(output.text) : ByteSpan(output.picture));
    kept_[target].text += with_label(output.text, label);
    print_ready();
  }
  void end(std::size_t target, const std::string& error) {
    kept_[target].error = error;
    kept_[target].is_over = true;
    print_ready();
  }
  // Not all could be written.
  bool is_lost() const { return is_lost_; }

 private:
  struct Kept {
    std::string text, error;
    bool is_over = false;
  };

  static std::string with_label(std::string_view text, const std::string& label) {
    std::string labelled;
    while (!text.empty()) {
      const auto line = text.substr(0, text.find('\n'));
      labelled += fmt::format("{}: {}\n", label, line);
      text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return labelled;
  }
  void write(ByteSpan bytes) {
    if (!write_all(bytes.data(), bytes.size())) is_lost_ = true;
  }
  void print_ready() {
    while (next_ < kept_.size()) {
      auto& kept = kept_[next_];
      if (!kept.text.empty() || !kept.error.empty()) progress_.clear();
      write(as_bytes(std::exchange(kept.text, {})));
      if (!kept.is_over) return;
      std::fputs(kept.error.c_str(), stderr);
      ++next_;
    }
  }

  std::vector<Kept> kept_;
  std::size_t next_ = 0;  // whose turn it is
  const Progress& progress_;
  bool is_lost_ = false;
};

// Ends what is under way at the first signal, so that nothing stays held down; by the second one
// the program ends as programs do.
class Interruption {
 public:
  explicit Interruption(asio::io_context& io) : signals_(io) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      struct sigaction now{};
      // A shell has told its background jobs to ignore some.
      if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN)
        signals_.add(signal);
    }
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      signal_ = signal;
      signals_.clear();
      stop_.request_stop();
    });
  }
  void end() { signals_.cancel(); }
  std::stop_token token() const { return stop_.get_token(); }
  // Nothing came: 0.
  int signal() const { return signal_; }

 private:
  asio::signal_set signals_;
  std::stop_source stop_;
  int signal_ = 0;
};

class Drive {
 public:
  explicit Drive(DriveOptions options)
      : options_(std::move(options)),
        progress_(std::max<std::size_t>(options_.targets.size(), 1)),
        output_(std::max<std::size_t>(options_.targets.size(), 1), progress_) {
    if (options_.targets.empty()) options_.targets.emplace_back();
    outcomes_.resize(options_.targets.size());
  }

  int run() {
    std::signal(SIGPIPE, SIG_IGN);
    for (const auto& target : options_.targets)
      if (auto added = add(target); !added)
        return say_usage_error(added.error().message, options_.is_json);
    // A session is told the words as they are.
    if (options_.uses_session && is_one() && !names_files_by_target()) {
      const auto& task = tasks_[0];
      if (auto outcome = run_in_session(task.connection, options_, task.on_output)) {
        finished(0, *std::move(outcome));
        return report();
      }
    }
    interruption_.emplace(io_);
    for (std::size_t at = 0; at < tasks_.size(); ++at) start(at);
    io_.run();
    if (const int signal = interruption_->signal(); signal != 0) std::raise(signal);
    return report();
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

  Status add(const std::string& target) {
    ORIEL_TRY(auto destination, destination_of(options_, target));
    const auto at = tasks_.size();
    const auto label =
        destination.name.empty() ? shown_target_of(destination.connection) : destination.name;
    auto calls = options_.calls;
    ORIEL_TRY_VOID(name_files(calls, label, is_one()));
    outcomes_[at].name = std::move(destination.name);
    OnOutput on_output;
    if (!options_.is_json)
      on_output = [this, at, label](const VerbOutput& output) { output_.say(at, output, label); };
    auto& log = destination.connection.log;
    if (log && !is_one())
      log = [label, whole = log](std::string_view line) {
        whole(fmt::format("{}: {}", label, line));
      };
    tasks_.push_back({.connection = std::move(destination.connection),
                      .calls = std::move(calls),
                      .on_output = std::move(on_output),
                      .time = options_.time});
    return {};
  }

  void start(std::size_t at) {
    auto task = tasks_[at];
    task.stop = interruption_->token();
    asio::co_spawn(io_, drive_target(io_.get_executor(), std::move(task)),
                   [this, at](const std::exception_ptr& thrown, DriveOutcome outcome) {
                     if (thrown) std::rethrow_exception(thrown);
                     if (!starts_again(at, outcome)) finished(at, std::move(outcome));
                   });
  }

  // With a password that a person gives, where one is missing.
  bool starts_again(std::size_t at, const DriveOutcome& outcome) {
    auto& connection = tasks_[at].connection;
    const bool may_ask = is_one() && connection.password.empty() && !outcome.has_connected &&
                         outcome.error && outcome.error->kind == agent::ErrorKind::kAuthentication;
    if (!may_ask) return false;
    auto password = ask_for_password(outcome.target);
    if (!password) return false;
    connection.password = *std::move(password);
    start(at);
    return true;
  }

  void finished(std::size_t at, DriveOutcome outcome) {
    outcome.name = std::move(outcomes_[at].name);
    // Who has interrupted it knows why it ends.
    const bool is_interrupted = interruption_ && interruption_->signal() != 0;
    const bool is_said = outcome.error && !options_.is_json && !is_interrupted;
    output_.end(at, is_said ? error_line(outcome, !is_one()) : std::string());
    progress_.done(!outcome.error);
    outcomes_[at] = std::move(outcome);
    if (++finished_ == outcomes_.size() && interruption_) interruption_->end();
  }

  int report() {
    int code = kDone;
    boost::json::array documents;
    for (const auto& outcome : outcomes_) {
      if (code == kDone) code = exit_code_of(outcome);
      documents.push_back(json_of(outcome));
    }
    progress_.clear();
    if (output_.is_lost() && code == kDone) {
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
  Progress progress_;
  OrderedOutput output_;
  asio::io_context io_{1};
  std::optional<Interruption> interruption_;
  std::vector<DriveTask> tasks_;
  std::vector<DriveOutcome> outcomes_;
  std::size_t finished_ = 0;
};

}  // namespace

int run_drive(std::string_view command, std::span<const char* const> arguments) {
  auto options = parse_drive_arguments(command, arguments);
  if (!options) return say_usage_error(options.error().message, wants_json(arguments));
  if (options->wants_help) {
    fmt::print("{}", drive_help(command));
    return kDone;
  }
  if (auto read = read_drive_secrets(*options); !read)
    return say_usage_error(read.error().message, options->is_json);
  return Drive(std::move(*options)).run();
}

}  // namespace oriel::cli

#include "oriel/app/cli/drive.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <csignal>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/drive_named.h"
#include "oriel/app/cli/drive_options.h"
#include "oriel/app/cli/drive_report.h"
#include "oriel/app/cli/drive_secrets.h"
#include "oriel/app/cli/drive_target.h"
#include "oriel/app/cli/interruption.h"
#include "oriel/app/cli/ordered_output.h"
#include "oriel/app/cli/password_prompt.h"
#include "oriel/app/cli/say.h"
#include "oriel/app/cli/target_files.h"
#include "oriel/app/client/vnc_target.h"

namespace oriel::cli {
namespace {

namespace asio = boost::asio;

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
    if (auto named = is_one() ? Status() : check_names_for_several(options_.calls); !named)
      return say_usage_error(named.error().message, options_.is_json);
    for (const auto& target : options_.targets)
      if (auto added = add(target); !added)
        return say_usage_error(added.error().message, options_.is_json);
    if (auto named = check_files(); !named)
      return say_usage_error(named.error().message, options_.is_json);
    interruption_.emplace(io_);
    for (std::size_t at = 0; at < tasks_.size(); ++at) start(at);
    io_.run();
    if (const int signal = interruption_->signal(); signal != 0) std::raise(signal);
    return report();
  }

 private:
  bool is_one() const { return options_.targets.size() == 1; }

  Status check_files() const {
    std::vector<TargetCalls> targets;
    for (std::size_t at = 0; at < tasks_.size(); ++at)
      targets.push_back({client::masked_target(options_.targets[at]), &tasks_[at].calls});
    return check_names_differ(targets);
  }

  Status add(const std::string& target) {
    ORIEL_TRY(auto destination, destination_of(options_, target));
    const auto at = tasks_.size();
    const auto label =
        destination.name.empty() ? shown_target_of(destination.connection) : destination.name;
    auto calls = options_.calls;
    put_target_into_names(calls, label);
    outcomes_[at].name = std::move(destination.name);
    OnOutput on_output;
    if (!options_.is_json)
      on_output = [this, at, label](const VerbOutput& output) { output_.say(at, output, label); };
    auto& log = destination.connection.log;
    if (log && !is_one())
      log = [label, whole = log](std::string_view line) {
        whole(fmt::format("{}: {}", label, line));
      };
    DriveTask task{.connection = std::move(destination.connection),
                   .calls = std::move(calls),
                   .on_output = std::move(on_output),
                   .time = options_.time,
                   .notice = [this](const std::string& clause) {
                     progress_.clear();
                     say_error(clause);
                   }};
    if (options_.uses_session) task.session = SessionCalls{options_.words, options_.text, label};
    tasks_.push_back(std::move(task));
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
    const bool is_interrupted = interruption_->signal() != 0;
    const bool is_said = outcome.error && !options_.is_json && !is_interrupted;
    output_.end(at, is_said ? error_line(outcome, !is_one()) : std::string());
    progress_.done(!outcome.error);
    outcomes_[at] = std::move(outcome);
    if (++finished_ == outcomes_.size()) interruption_->end();
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
    (void)write_all(as_bytes(text + "\n"));
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

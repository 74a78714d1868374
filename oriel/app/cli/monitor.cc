#include "oriel/app/cli/monitor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/host_labels.h"
#include "oriel/app/cli/monitor_display.h"
#include "oriel/app/cli/monitor_flags.h"
#include "oriel/app/cli/monitor_login.h"
#include "oriel/app/cli/monitor_request.h"
#include "oriel/app/cli/monitor_serve.h"
#include "oriel/app/cli/say.h"
#include "oriel/app/monitor/alert_dispatcher.h"
#include "oriel/app/monitor/client.h"
#include "oriel/app/monitor/fleet_watch.h"
#include "oriel/app/monitor/tui/tui.h"
#include "oriel/app/observe/escape.h"
#include "oriel/app/observe/log.h"
#include "oriel/core/monitor/rule_text.h"

namespace oriel::cli {
namespace {

using namespace std::chrono_literals;
namespace tui = monitor::tui;

// How long the servers are given to say goodbye.
constexpr auto kStopTimeout = 1500ms;
constexpr auto kFleet = "fleet";  // the host of alerts that are of several
// Before the reason, because a narrow line cuts the end.
constexpr auto kAgain = "connecting again: ";

monitor::WallTime wall_time() {
  const auto now = std::chrono::system_clock::now();
  const auto seconds = std::chrono::system_clock::to_time_t(now);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  const auto since_1970 = now.time_since_epoch();
  return {.microseconds = std::chrono::duration_cast<std::chrono::microseconds>(since_1970).count(),
          .utc_offset_seconds = static_cast<std::int32_t>(local.tm_gmtoff)};
}

// All that is made of the flags before anything connects.
struct Plan {
  MonitorOptions flags;
  std::vector<Target> targets;
  std::vector<std::string> labels;
  monitor::FleetWatch fleet;
  std::unique_ptr<monitor::AlertDispatcher> told;  // of what `fleet` finds; none without rules
  std::optional<monitor::Subscribe> request;
  std::optional<monitor::SaveFile> save_file;
  observe::Logger logger;
};

// One run over all servers. Everything happens on the thread that calls run().
class Monitor {
 public:
  explicit Monitor(Plan plan)
      : plan_(std::move(plan)),
        display_({.flags = plan_.flags,
                  .labels = plan_.labels,
                  .is_terminal = ::isatty(STDOUT_FILENO) == 1,
                  .has_color = has_color(plan_.flags)},
                 std::move(plan_.save_file)),
        signals_(io_),
        duration_(io_) {}

  int run() {
    for (std::size_t i = 0; i < plan_.targets.size(); ++i)
      if (auto status = connect(i); !status) return usage(status.error());
    if (plan_.flags.is_full_screen) {
      if (auto status = open_screen(); !status) return usage(status.error());
    } else {
      for (const int signal : {SIGINT, SIGTERM, SIGHUP}) signals_.add(signal);
      signals_.async_wait([this](const boost::system::error_code& error, int) {
        if (!error) stop(kDone);
      });
    }
    if (plan_.flags.duration) {
      duration_.expires_after(*plan_.flags.duration);
      duration_.async_wait([this](const boost::system::error_code& error) {
        if (!error) stop(has_ever_connected() ? kDone : never_connected());
      });
    }
    io_.run();
    screen_.reset();  // the terminal is ours again
    say_goodbye();
    return exit_code_;
  }

 private:
  struct Host {
    std::unique_ptr<monitor::Client> client;
    bool was_connected = false;
    bool has_ended = false;         // for good
    std::int64_t last_data_us = 0;  // when it came, since 1970
  };

  bool has_ever_connected() const {
    return std::ranges::any_of(hosts_, [](const Host& host) { return host.was_connected; });
  }

  // In all of --duration.
  int never_connected() {
    farewell_.emplace_back("no server was reached before --duration was over");
    return kNeverConnected;
  }

  static bool has_color(const MonitorOptions& flags) {
    const char* no_color = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    const bool is_dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
    const bool is_unwanted = no_color != nullptr && *no_color != '\0';
    return flags.has_color && !is_unwanted && !is_dumb && ::isatty(STDOUT_FILENO) == 1;
  }

  static int usage(const Error& error) {
    say_error(error.message);
    return kUsage;
  }

  Status open_screen() {
    ORIEL_TRY(
        screen_,
        tui::Tui::open(
            io_.get_executor(),
            {.hosts = plan_.labels,
             .interval = plan_.request->interval,
             .has_colour = has_color(plan_.flags),
             .on_quit = [this] { stop(kDone); },
             .on_interval = [this](std::chrono::milliseconds interval) { ask_again(interval); }}));
    return {};
  }

  // For documents at another interval; what was before is known already.
  void ask_again(std::chrono::milliseconds interval) {
    auto& request = *plan_.request;
    request.interval = interval;
    request.since_us.reset();
    for (std::size_t i = 0; i < hosts_.size(); ++i)
      if (auto status = hosts_[i].client->subscribe(request); !status)
        log(i).warning("the interval stays", {{"reason", status.error().message}});
  }

  Status connect(std::size_t host) {
    const auto& flags = plan_.flags;
    monitor::ClientOptions options;
    options.uri = plan_.targets[host].uri;
    options.headers = plan_.targets[host].headers;
    options.reconnect = flags.reconnect;
    options.reconnect_interval = flags.reconnect_interval;
    options.reconnect_interval_max =
        std::max(options.reconnect_interval_max, flags.reconnect_interval);
    options.max_reconnect_attempts = flags.max_reconnects;
    options.ping_interval = flags.ping_interval;
    options.stop_timeout = kStopTimeout;
    options.store_history = flags.keeps_history;
    options.ca_file = flags.ca_file;
    options.verify = flags.verify;
    options.subscribe = plan_.request;
    options.on_error = [this, host](const monitor::ClientError& error) { failed(host, error); };
    hosts_.push_back({});
    auto& client = hosts_.back().client;
    client = std::make_unique<monitor::Client>(io_.get_executor(), std::move(options));
    client->on("*", [this, host](const monitor::ClientEvent& event) { happened(host, event); });
    return client->start();
  }

  void happened(std::size_t host, const monitor::ClientEvent& event) {
    if (is_stopping_) return;
    // A server may send a message of this type too, but every message has a "type".
    if (event.type == "state_change" && event.data().find("type") == nullptr)
      return state_changed(host);
    const bool is_data =
        monitor::server_message_kind(event.type) == monitor::ServerMessageKind::kMonitoringData;
    if (screen_) {
      if (is_data) screen_->show(host, event.data());
    } else if (auto status = display_.show(host, event.data()); !status) {
      return output_failed(status);
    }
    display_.save(host, event.data());
    if (const auto error = display_.take_save_error())
      log(host).error("a message is lost for --save-data", {{"reason", error->message}});
    if (is_data) {
      hosts_[host].last_data_us = wall_time().microseconds;
      watch(host, event.data());
    }
  }

  void watch(std::size_t host, const monitor::Value& message) {
    if (plan_.fleet.is_empty()) return;
    const auto time = wall_time();
    const auto events = plan_.fleet.update(host, message, time, Clock::now());
    if (screen_) show_fleet_alerts();
    for (const auto& event : events) {
      plan_.told->dispatch(event, kFleet);
      log_fleet_alert(event);
      if (screen_ || !event.change.is_notice) continue;
      if (auto status = display_.show_fleet_alert(event, time); !status)
        return output_failed(status);
    }
  }

  // They stand on standard output too, beside which a log on the terminal says nothing new.
  void log_fleet_alert(const monitor::AlertRules::Event& event) {
    const auto level =
        plan_.flags.log_file.empty() ? config::LogLevel::kDebug : config::LogLevel::kWarning;
    const bool is_over = event.change.to == monitor::AlertLevel::kNone;
    plan_.logger.log(level, is_over ? "fleet alert over" : "fleet alert",
                     {{"message", monitor::alert_message(event.alert)},
                      {"told", event.change.is_notice ? "yes" : "no"}});
  }

  void show_fleet_alerts() {
    std::vector<tui::AlertReading> alerts;
    for (const auto& alert : plan_.fleet.active())
      alerts.push_back({.is_critical = alert.level == monitor::AlertLevel::kCritical,
                        .message = monitor::alert_message(alert),
                        .component = alert.component});
    screen_->set_fleet_alerts(std::move(alerts));
  }

  void state_changed(std::size_t host) {
    using monitor::ClientState;
    const auto state = hosts_[host].client->state();
    log(host).debug("state", {{"is", monitor::client_state_name(state)}});
    if (state == ClientState::kConnected) {
      hosts_[host].was_connected = true;
    } else {
      plan_.fleet.forget(host);
    }
    if (screen_) screen_->set_link(host, link_of(state), link_words(host, state));
    if (state == ClientState::kReconnecting) ask_for_the_gap(host);
    if (state == ClientState::kError) ended(host);
  }

  // With --since: what was shown before the connection was lost does not come again.
  void ask_for_the_gap(std::size_t host) {
    if (!plan_.request || !plan_.request->since_us || hosts_[host].last_data_us == 0) return;
    auto request = *plan_.request;
    request.since_us = hosts_[host].last_data_us;
    if (auto status = hosts_[host].client->subscribe(request); !status)
      log(host).warning("history may come again", {{"reason", status.error().message}});
  }

  // While it is lost: why, which the state does not say.
  std::string link_words(std::size_t host, monitor::ClientState state) const {
    const auto errors = hosts_[host].client->statistics().error_history;
    const auto link = link_of(state);
    const bool has_reason = link == tui::Link::kLost || link == tui::Link::kFailed;
    if (!has_reason || errors.empty()) return std::string(client_state_name(state));
    return (link == tui::Link::kLost ? kAgain : "") + errors.back().message;
  }

  static tui::Link link_of(monitor::ClientState state) {
    switch (state) {
      case monitor::ClientState::kConnected:
        return tui::Link::kConnected;
      case monitor::ClientState::kReconnecting:
        return tui::Link::kLost;
      case monitor::ClientState::kError:
        return tui::Link::kFailed;
      case monitor::ClientState::kDisconnected:
      case monitor::ClientState::kConnecting:
        break;
    }
    return tui::Link::kConnecting;
  }

  void failed(std::size_t host, const monitor::ClientError& error) {
    // An error message of the server is shown; the last failure is said by ended().
    if (error.kind == monitor::ClientErrorKind::kServer || is_stopping_) return;
    if (hosts_[host].client->state() == monitor::ClientState::kError) return;
    log(host).warning(error.message, {{"kind", monitor::client_error_name(error.kind)}});
    // What becomes of the connection is told by state_changed(): many errors leave it as it is.
    if (screen_) screen_->set_note(host, error.message);
  }

  void ended(std::size_t host) {
    auto& ended = hosts_[host];
    if (std::exchange(ended.has_ended, true)) return;
    const auto failure = ended.client->failure();
    if (failure) {
      const auto before = hosts_.size() < 2 ? std::string() : plan_.labels[host] + ": ";
      farewell_.push_back(before + observe::text_line(failure->message));
      if (!screen_) say_farewell();
    }
    failure_codes_.insert(exit_code_of(ended, failure));
    const bool is_last =
        std::ranges::all_of(hosts_, [](const Host& other) { return other.has_ended; });
    if (is_last) stop(worst_failure());
  }

  // Held back while the screen belongs to the full view.
  void say_farewell() {
    for (const auto& clause : std::exchange(farewell_, {})) say_error(clause);
  }

  // What the user can change comes first.
  int worst_failure() const {
    for (const int code : {kUsage, kRefused, kConnectionLost})
      if (failure_codes_.contains(code)) return code;
    return kNeverConnected;
  }

  static int exit_code_of(const Host& host, const std::optional<monitor::ClientError>& failure) {
    using monitor::ClientErrorKind;
    if (failure && failure->kind == ClientErrorKind::kOptions) return kUsage;
    if (failure && failure->kind == ClientErrorKind::kDenied) return kRefused;
    return host.was_connected ? kConnectionLost : kNeverConnected;
  }

  void output_failed(const Status& status) {
    if (status.error().code == ErrorCode::kClosed) return stop(kDone);
    say_error(status.error().message);
    stop(kInternalError);
  }

  void stop(int exit_code) {
    if (std::exchange(is_stopping_, true)) return;
    exit_code_ = exit_code;
    io_.stop();
  }

  // The clients end, and what they counted is shown.
  void say_goodbye() {
    say_farewell();
    boost::system::error_code ignored;
    signals_.cancel(ignored);
    signals_.clear(ignored);  // a second Ctrl-C ends the program at once
    duration_.cancel();
    std::vector<monitor::ClientStatistics> counted;  // while they are connected
    for (auto& host : hosts_) {
      counted.push_back(host.client->statistics());
      host.client->stop();
    }
    io_.restart();
    io_.run_for(kStopTimeout);
    if (!plan_.flags.shows_statistics) return;
    for (std::size_t i = 0; i < hosts_.size(); ++i)
      if (!display_.show_statistics(i, counted[i])) return;
    std::size_t kept = 0;
    for (const auto& host : hosts_)
      if (const auto history = host.client->history()) kept += history->size();
    if (plan_.flags.keeps_history) fmt::print(stderr, "{} messages in the history\n", kept);
    if (display_.save_file()) {
      const auto saved = display_.save_file()->statistics();
      fmt::print(stderr, "{} messages saved to {}\n", saved.message_count, saved.log_file);
    }
  }

  observe::Logger log(std::size_t host) const {
    return hosts_.size() < 2 ? plan_.logger : plan_.logger.with({"host", plan_.labels[host]});
  }

  Plan plan_;
  boost::asio::io_context io_{1};
  MonitorDisplay display_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer duration_;
  std::vector<Host> hosts_;           // after io_: its clients end before
  std::unique_ptr<tui::Tui> screen_;  // with --format tui
  std::vector<std::string> farewell_;
  bool is_stopping_ = false;
  std::set<int> failure_codes_;  // of the hosts that have ended
  int exit_code_ = kDone;
};

// A log of the run: on standard error, or at the end of a file.
Result<observe::Logger> make_logger(const MonitorOptions& flags) {
  if (flags.log_file.empty() && flags.is_full_screen) return observe::Logger();
  if (flags.log_file.empty())
    return observe::Logger(observe::make_stderr_sink(flags.log_level, config::LogFormat::kText));
  const std::shared_ptr<std::FILE> file(std::fopen(flags.log_file.c_str(), "ae"),
                                        [](std::FILE* open) {
                                          if (open != nullptr) std::fclose(open);
                                        });
  if (!file)
    return fail(ErrorCode::kInvalid,
                fmt::format("--log-file {}: {}", flags.log_file, std::strerror(errno)));
  return observe::Logger(observe::make_callback_sink(flags.log_level, config::LogFormat::kText,
                                                     [file](std::string line) {
                                                       line += '\n';
                                                       std::fputs(line.c_str(), file.get());
                                                       std::fflush(file.get());
                                                     }));
}

Result<Plan> make_plan(MonitorOptions flags) {
  ORIEL_TRY_VOID(read_secret_files(flags));
  Plan plan;
  for (const auto& uri : flags.uris) plan.targets.push_back(target_with_login(uri, flags));
  plan.labels = host_labels(flags.uris);
  std::vector<monitor::FleetRule> rules;
  for (const auto& text : flags.fleet_rules) {
    ORIEL_TRY(auto rule, monitor::parse_fleet_rule(text));
    rules.push_back(std::move(rule));
  }
  ORIEL_TRY(plan.fleet, monitor::FleetWatch::make(rules, plan.labels));
  plan.request = subscription(flags, rules, std::chrono::system_clock::now());
  if (!flags.save_file.empty()) {
    ORIEL_TRY(plan.save_file, monitor::SaveFile::open({.path = flags.save_file}));
  }
  ORIEL_TRY(plan.logger, make_logger(flags));
  if (!rules.empty()) {
    if (flags.is_full_screen && flags.alert.console)
      return fail(ErrorCode::kInvalid,
                  "--alert-console would write into the full screen, which shows alerts: leave it "
                  "out, or use --alert-file FILE");
    ORIEL_TRY(plan.told, monitor::AlertDispatcher::make(flags.alert, kFleet, plan.logger));
  }
  plan.flags = std::move(flags);
  return plan;
}

}  // namespace

int run_monitor(std::span<const char* const> arguments) {
  const auto is_serve = [](std::string_view argument) {
    return argument == "--serve" || argument.starts_with("--serve=");
  };
  if (std::ranges::any_of(arguments, is_serve)) return run_monitor_server(arguments);
  const auto is_help = [](std::string_view argument) {
    return argument == "--help" || argument == "-h";
  };
  // A mistake elsewhere on the line must not hide the help that explains it.
  if (std::ranges::any_of(arguments, is_help)) {
    fmt::print("{}", monitor_help());
    return kDone;
  }
  auto flags = parse_monitor_arguments(arguments, config::environment_of_process());
  auto plan = flags ? make_plan(*std::move(flags)) : std::unexpected(std::move(flags).error());
  if (!plan) {
    say_error(plan.error().message);
    return kUsage;
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is an error of --save-data
  return Monitor(*std::move(plan)).run();
}

}  // namespace oriel::cli

#include "oriel/app/cli/monitor_serve.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "oriel/app/api/session_store.h"
#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/say.h"
#include "oriel/app/config/door_policy.h"
#include "oriel/app/config/flags.h"
#include "oriel/app/config/load_settings.h"
#include "oriel/app/config/settings_help.h"
#include "oriel/app/config/suggestion.h"
#include "oriel/app/monitor/publisher_settings.h"
#include "oriel/app/net/lockout.h"
#include "oriel/app/observe/log_tail.h"
#include "oriel/app/web/monitor_door.h"
#include "oriel/app/web/token_file.h"
#include "oriel/io/desktop/open_files.h"

namespace oriel::cli {
namespace {

constexpr const char* kDefaultAddress = "127.0.0.1:8765";
// Clients have been told goodbye by then, counted from the signal.
constexpr auto kStopTimeout = std::chrono::milliseconds(1800);

constexpr std::string_view kHelpStart = R"(Publishes what this host is doing as a WebSocket stream.

Examples:
  oriel monitor --serve                      on 127.0.0.1:8765, for this machine only
  oriel monitor --serve 0.0.0.0:8765 --password-file ~/.config/oriel/password

Usage: oriel monitor --serve [ADDRESS] [FLAGS]

Every setting is a flag, an environment variable and a key of the configuration file; flags beat
the environment, which beats the file, which beats the defaults.

  --config FILE
      Configuration file, JSON with comments; also ORIEL_CONFIG. Default:
      $XDG_CONFIG_HOME/oriel/config.json, if it is there
  --help, -h
      This text
)";

// Those of `oriel serve` that mean something without a desktop and a page.
bool is_used(const config::Setting& setting) {
  constexpr std::string_view kKeys[] = {
      "http.allowed_hosts", "tls",        "tls_cert",     "tls_key",   "password",  "password_file",
      "view_password_file", "token_file", "allow_anyone", "log.level", "log.format"};
  return setting.key.starts_with("monitor.") || setting.key.starts_with("alert.") ||
         std::ranges::find(kKeys, setting.key) != std::end(kKeys);
}

constexpr config::CommandLine kCommandLine{"oriel monitor --serve", "--password-file FILE",
                                           is_used};

// The flags of the settings: --serve ADDRESS is --monitor ADDRESS.
std::vector<const char*> settings_flags(std::span<const char* const> arguments) {
  constexpr std::string_view kServe = "--serve", kServeEquals = "--serve=";
  std::vector<const char*> flags;
  const auto add_address = [&](const char* address) {
    flags.insert(flags.end(), {"--monitor", address});
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (argument.starts_with(kServeEquals)) {
      add_address(arguments[i] + kServeEquals.size());
    } else if (argument != kServe) {
      flags.push_back(arguments[i]);
    } else if (i + 1 < arguments.size() && arguments[i + 1][0] != '-') {
      add_address(arguments[++i]);
    }
  }
  return flags;
}

Status check_flags(const config::Flags& flags) {
  const config::FlagValue* address = nullptr;
  for (const auto& value : flags.values) {
    if (!is_used(*value.setting))
      return fail(ErrorCode::kInvalid,
                  fmt::format("{} has no effect on `oriel monitor --serve`, which has no desktop: "
                              "leave it out, or use `oriel serve --monitor {}`",
                              value.flag, kDefaultAddress));
    if (value.setting->key != "monitor.listen") continue;
    if (address != nullptr)
      return fail(ErrorCode::kInvalid,
                  fmt::format("`oriel monitor --serve` listens on one address, got \"{}\" and "
                              "\"{}\": leave one out",
                              config::printable(address->value), config::printable(value.value)));
    address = &value;
    if (value.value == "off")
      return fail(ErrorCode::kInvalid,
                  fmt::format("`oriel monitor --serve` has one door, which cannot be off: give an "
                              "address such as {}",
                              kDefaultAddress));
  }
  return {};
}

// One run of the server.
class MonitorServe {
 public:
  MonitorServe(const config::Settings& settings, observe::Logger logger)
      : settings_(settings),
        logger_(std::move(logger)),
        token_(settings.token_file.empty() ? "" : api::make_token()),
        access_({settings.password, settings.view_password, token_}, lockout_),
        signals_(io_),
        deadline_(io_) {}

  int run() {
    // First: who sees our address may ask us to end.
    for (int signal : {SIGINT, SIGTERM, SIGHUP}) signals_.add(signal);
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) stop();
    });
    if (auto status = listen(); !status) {
      say_error(status.error().message);
      return kUsage;
    }
    fmt::print("Monitoring clients: {}\n", door_->uri());
    if (const auto fingerprint = door_->self_signed_fingerprint(); !fingerprint.empty())
      fmt::print("The certificate is self-signed; its SHA-256 fingerprint is\n  {}\n", fingerprint);
    std::fflush(stdout);
    logger_.info("serving", {{"monitor", door_->uri()}});
    io_.run();
    return kDone;
  }

 private:
  Status listen() {
    ORIEL_TRY(auto config, monitor::publisher_config(settings_, logger_));
    ORIEL_TRY(auto source, monitor::open_host_source());
    ORIEL_TRY(publisher_, monitor::Publisher::make(io_.get_executor(), std::move(config),
                                                   std::move(source), logger_, metrics_));
    door_ = std::make_unique<web::MonitorDoor>(io_.get_executor(), settings_, logger_, access_,
                                               *publisher_);
    ORIEL_TRY_VOID(door_->listen());
    return web::write_token_file(settings_.token_file, token_);
  }

  void stop() {
    logger_.info("stopping");
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) io_.stop();  // asked twice: at once
    });
    deadline_.expires_after(kStopTimeout);
    deadline_.async_wait([this](const boost::system::error_code& error) {
      if (!error) io_.stop();
    });
    door_.reset();
    publisher_->stop([this] { io_.stop(); });
  }

  const config::Settings& settings_;
  observe::Logger logger_;
  boost::asio::io_context io_{1};
  net::Lockout lockout_;
  const std::string token_;
  web::Door access_;
  const observe::Metrics metrics_{{}, Clock::now()};
  std::unique_ptr<monitor::Publisher> publisher_;
  std::unique_ptr<web::MonitorDoor> door_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer deadline_;
};

}  // namespace

Result<config::Settings> monitor_serve_settings(std::span<const char* const> arguments,
                                                const config::Environment& environment) {
  const auto flags = settings_flags(arguments);
  ORIEL_TRY(const auto parsed, config::parse_flags(flags, kCommandLine));
  ORIEL_TRY_VOID(check_flags(parsed));
  ORIEL_TRY(auto settings, config::load_settings(flags, environment, kCommandLine));
  // A configuration file may be that of `oriel serve` too.
  settings.vnc_listen.reset();
  settings.http_listen.reset();
  if (!settings.monitor_listen) settings.monitor_listen = {{"127.0.0.1", 8765}};
  ORIEL_TRY_VOID(config::check_doors(settings));
  return settings;
}

int run_monitor_server(std::span<const char* const> arguments) {
  if (config::asks_for_help(settings_flags(arguments))) {
    fmt::print("{}", config::settings_help(kHelpStart, is_used));
    return kDone;
  }
  const auto settings = monitor_serve_settings(arguments, config::environment_of_process());
  if (!settings) {
    say_error(settings.error().message);
    return kUsage;
  }
  std::signal(SIGPIPE, SIG_IGN);
  desktop::raise_open_files();  // each client is one
  const observe::Logger logger(
      observe::make_stderr_sink(settings->log_level, settings->log_format));
  for (const auto& notice : settings->notices) logger.warning(notice);
  return MonitorServe(*settings, logger).run();
}

}  // namespace oriel::cli

#include "oriel/app/cli/serve.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/say.h"
#include "oriel/app/config/door_policy.h"
#include "oriel/app/config/load_settings.h"
#include "oriel/app/config/settings_help.h"
#include "oriel/app/desktops/desktop_table.h"
#include "oriel/app/server/server.h"
#include "oriel/app/web/site.h"
#include "oriel/io/desktop/open_files.h"

namespace oriel::cli {
namespace {

// All that was started must have ended by then, counted from the signal.
constexpr auto kStopTimeout = std::chrono::milliseconds(1800);

std::string environment_value(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

// One run of the server.
class Serve {
 public:
  // `log` outlives the run.
  Serve(const config::Settings& settings, observe::Logger logger, const observe::LogTail* log)
      : settings_(settings),
        logger_(std::move(logger)),
        server_(io_, settings_, logger_),
        site_(io_, settings_, logger_, server_, log),
        signals_(io_),
        deadline_(io_) {}

  int run() {
    // First: who sees an address of ours may ask us to end.
    for (int signal : {SIGINT, SIGTERM, SIGHUP}) signals_.add(signal);
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) stop();
    });
    if (auto door = server_.listen(); !door) return refuse(door.error());
    if (auto door = site_.listen(); !door) return refuse(door.error());
    opening_ = desktops::open_desktop(
        io_, settings_, logger_,
        [this](Result<desktops::OpenDesktop> opened) { desktop_opened(std::move(opened)); });
    io_.run();
    return exit_code_;
  }

 private:
  int refuse(const Error& error) {
    say_error(error.message);
    return kUsage;
  }

  void desktop_opened(Result<desktops::OpenDesktop> opened) {
    if (!opened) {
      if (is_stopping_) return part_ended();
      exit_code_ = refuse(opened.error());
      io_.stop();
      return;
    }
    is_open_ = true;
    desktop_ = std::move(*opened);
    if (is_stopping_) return close_desktop();
    server_.on_desktop_lost([this](const Error& error) {
      if (!is_stopping_)
        logger_.error("the desktop is gone; viewers keep its last picture",
                      {{"reason", error.message}});
    });
    server_.on_desktop_found(
        [this] { logger_.info("the desktop is there again; viewers see it anew"); });
    server_.serve(*desktop_.desktop);
    site_.desktop_is_there();
    say_where();
  }

  void say_where() {
    const auto http = site_.address(), vnc = server_.vnc_address();
    if (!http.empty())
      fmt::print("Open in a browser: {}://{}/\n", site_.scheme(), web::reachable_address(http));
    if (const auto fingerprint = site_.self_signed_fingerprint(); !fingerprint.empty())
      fmt::print(
          "The certificate is self-signed, so the browser will warn once that it does not know it; "
          "it is the right one if its SHA-256 fingerprint is\n  {}\n",
          fingerprint);
    if (!vnc.empty()) fmt::print("VNC viewers: {}\n", web::reachable_address(vnc));
    const auto monitor = site_.monitor_uri();
    if (!monitor.empty()) fmt::print("Monitoring clients: {}\n", monitor);
    const auto conduit = site_.conduit_uri();
    if (!conduit.empty()) {
      const auto ca_file = site_.conduit_ca_file();
      fmt::print("Programs: oriel methods {}{}{}\n", conduit, ca_file.empty() ? "" : " --ca ",
                 ca_file);
    }
    const auto tunnel =
        ssh_tunnel_line(environment_value("SSH_CONNECTION"), environment_value("USER"), http, vnc);
    if (!tunnel.empty()) fmt::print("From your own machine, first: {}\n", tunnel);
    std::fflush(stdout);
    std::string details;
    for (const auto& [key, value] : desktop_.desktop->details())
      details += fmt::format("{}{}={}", details.empty() ? "" : " ", key, value);
    logger_.info("serving", {{"vnc", vnc},
                             {"http", http},
                             {"monitor", monitor},
                             {"conduit", conduit},
                             {"desktop", details}});
  }

  void stop() {
    is_stopping_ = true;
    logger_.info("stopping");
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) io_.stop();  // asked twice: at once
    });
    deadline_.expires_after(kStopTimeout);
    deadline_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      logger_.warning("not everything ended in time");
      io_.stop();
    });
    waiting_for_ = 3;  // the site, the server and the desktop
    site_.close([this] { part_ended(); });
    server_.stop([this] { part_ended(); });
    if (is_open_) return close_desktop();
    if (!opening_) return;  // desktop_opened will
    opening_.reset();
    part_ended();
  }

  void close_desktop() {
    if (desktop_.close) return desktop_.close([this] { part_ended(); });
    part_ended();
  }

  void part_ended() {
    if (--waiting_for_ == 0) io_.stop();
  }

  const config::Settings& settings_;
  observe::Logger logger_;
  boost::asio::io_context io_{1};
  desktops::DesktopOpening opening_;
  desktops::OpenDesktop desktop_;  // outlives the server, which shows it
  server::Server server_;
  web::Site site_;  // shows the server
  boost::asio::signal_set signals_;
  boost::asio::steady_timer deadline_;
  bool is_open_ = false;  // the desktop
  bool is_stopping_ = false;
  int waiting_for_ = 0;
  int exit_code_ = kDone;
};

}  // namespace

std::string ssh_tunnel_line(std::string_view ssh_connection, std::string_view user,
                            std::string_view http_address, std::string_view vnc_address) {
  // "client_ip client_port server_ip server_port"
  auto rest = ssh_connection;
  for (int field = 0; field < 2; ++field) {
    const auto space = rest.find(' ');
    if (space == std::string_view::npos) return "";
    rest.remove_prefix(space + 1);
  }
  const auto server = rest.substr(0, rest.find(' '));
  if (server.empty()) return "";
  const auto port =
      rest.size() > server.size() ? rest.substr(server.size() + 1) : std::string_view();
  std::string line = port.empty() || port == "22" ? "ssh" : fmt::format("ssh -p {}", port);
  for (auto address : {http_address, vnc_address}) {
    if (address.empty()) continue;
    const auto local = web::reachable_address(address);
    line += fmt::format(" -L {}:{}", local.substr(local.rfind(':') + 1), local);
  }
  return user.empty() ? fmt::format("{} {}", line, server)
                      : fmt::format("{} {}@{}", line, user, server);
}

int run_serve(std::span<const char* const> arguments) {
  if (config::asks_for_help(arguments)) {
    fmt::print("{}", config::serve_help());
    return kDone;
  }
  const auto settings = config::load_settings(arguments, config::environment_of_process());
  auto status =
      settings ? config::check_doors(*settings) : Status(std::unexpected(settings.error()));
  if (!status) {
    say_error(status.error().message);
    return kUsage;
  }
  std::signal(SIGPIPE, SIG_IGN);
  desktop::raise_open_files();  // each connection is one
  const auto log = std::make_shared<observe::LogTail>(
      observe::make_stderr_sink(settings->log_level, settings->log_format));
  const observe::Logger logger(log);
  for (const auto& notice : settings->notices) logger.warning(notice);
  return Serve(*settings, logger, log.get()).run();
}

}  // namespace oriel::cli

// The monitoring stream at 100 samples a second, which no client may ask for: what leaks or grows
// shows in seconds. Prints "port N"; ends by SIGTERM.

#include <fmt/core.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <string>

#include "oriel/app/monitor/publisher.h"
#include "oriel/app/net/lockout.h"
#include "oriel/app/web/monitor_door.h"

namespace {

using namespace oriel;

int run() {
  std::signal(SIGPIPE, SIG_IGN);
  boost::asio::io_context io{1};
  config::Settings settings;
  settings.monitor_listen = {{"127.0.0.1", 0}};
  const observe::Logger logger(
      observe::make_stderr_sink(observe::LogLevel::kError, observe::LogFormat::kText));
  const observe::Metrics metrics({}, Clock::now());
  net::Lockout lockout;
  web::Door door({}, lockout);
  auto source = monitor::open_host_source();
  if (!source) return 1;
  monitor::PublisherConfig config;
  config.timing.tick = config.timing.server_interval = std::chrono::milliseconds(10);
  auto publisher = monitor::Publisher::make(io.get_executor(), std::move(config),
                                            std::move(*source), logger, metrics);
  if (!publisher) return 1;
  web::MonitorDoor monitor_door(io.get_executor(), settings, logger, door, **publisher);
  if (!monitor_door.listen()) return 1;
  fmt::print("{}\n", monitor_door.uri());
  std::fflush(stdout);
  boost::asio::signal_set signals(io, SIGTERM);
  signals.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
  io.run();
  // Several groups of subscribers share a line; so a sample has far fewer than it has readers.
  fmt::print("samples {} lines {}\n", (*publisher)->samples(), (*publisher)->lines_made());
  return 0;
}

}  // namespace

int main() { return run(); }

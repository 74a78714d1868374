#include "oriel/app/cli/conduit_listen.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <utility>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/conduit_login.h"
#include "oriel/app/cli/conduit_options.h"
#include "oriel/app/cli/conduit_report.h"
#include "oriel/app/cli/line_output.h"
#include "oriel/app/cli/say.h"
#include "oriel/app/observe/escape.h"
#include "oriel/core/conduit/json.h"

namespace oriel::cli {
namespace {

namespace asio = boost::asio;
using conduit::Client;
using conduit::ClientError;
using conduit::Context;
using conduit::Map;
using conduit::Value;
using namespace std::chrono_literals;

constexpr auto kStopTimeout = 1500ms;

std::string time_now() {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     (now - seconds).count());
}

// One run. The client's threads hand over why it ends; the thread of run() waits for that.
class Listen {
 public:
  explicit Listen(ConduitOptions options)
      : options_(std::move(options)), is_terminal_(::isatty(STDOUT_FILENO) == 1) {}

  int run(conduit::ClientOptions client_options) {
    client_options.reconnect_enabled = true;
    client_options.reconnect_attempts = 0;
    client_options.reconnect_delay = 500ms;
    client_options.reconnect_delay_max = 30s;
    client_options.stop_timeout = kStopTimeout;
    if (options_.timeout) {
      timer_.expires_after(*options_.timeout);
      timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) time_is_over();
      });
    }
    auto client =
        connect_conduit(std::move(client_options), [this](Client& attempt) { prepare(attempt); });
    if (!client) return client.error();
    // Until here they end the program as they do any other.
    asio::signal_set signals(io_, SIGINT, SIGTERM, SIGHUP);
    signals.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) stop(kDone);
    });
    std::jthread watcher([&] {
      if (const auto ended = (*client)->wait(); !ended) end_for_good(ended.error());
    });
    io_.run();
    (*client)->disconnect();
    return exit_code_;
  }

 private:
  void prepare(Client& client) {
    // One after the other, whatever their types, in a thread that may wait for a slow reader.
    constexpr auto kOrder = "listen";
    const auto show = [this](Context& context, Value data) {
      take(context.message_type(), std::move(data));
    };
    if (options_.words.empty()) client.on("*", show, {.order = kOrder});
    for (const auto& type : options_.words) client.on(type, show, {.order = kOrder});
    client.on_disconnect([this](const ClientError& why) {
      if (is_over_) return;
      say_error("connecting again, the connection was lost: " + observe::text_line(why.message));
    });
    client.on_reconnect([] { say_error("connected again"); });
  }

  void take(const std::string& type, Value data) {
    if (is_over_) return;
    auto line =
        conduit::to_json_text(Map{{"type", type}, {"data", std::move(data)}, {"time", time_now()}});
    if (is_terminal_) line = observe::json_line(line);
    if (const auto written = output_.write(line); !written) {
      is_over_ = true;
      return end(report_output(written));
    }
    if (++taken_ == options_.count) {
      is_over_ = true;
      end(kDone);
    }
  }

  void end_for_good(const ClientError& why) {
    if (!is_over_.exchange(true)) end(report_sending(why));
  }

  // From any thread.
  void end(int exit_code) {
    asio::post(io_, [this, exit_code] { stop(exit_code); });
  }

  void time_is_over() {
    if (!options_.count) return stop(kDone);
    if (is_over_.exchange(true)) return;
    say_error(
        fmt::format("{} of {} messages came within the time-out", taken_.load(), *options_.count));
    stop(kTimedOut);
  }

  void stop(int exit_code) {
    is_over_ = true;
    exit_code_ = exit_code;
    io_.stop();
  }

  const ConduitOptions options_;
  const bool is_terminal_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  asio::steady_timer timer_{io_};
  LineOutput output_{STDOUT_FILENO};  // of whichever thread handles messages, one at a time
  std::atomic<unsigned> taken_ = 0;
  std::atomic<bool> is_over_ = false;
  int exit_code_ = kDone;
};

}  // namespace

int run_listen(std::span<const char* const> arguments) {
  ignore_broken_pipes();
  const auto options = parse_conduit_arguments(ConduitCommand::kListen, arguments);
  if (!options) return report_usage(options.error().message);
  if (options->wants_help) return print_text(conduit_help(ConduitCommand::kListen));
  auto made = make_client_options(*options);
  if (!made) return report_usage(made.error().message);
  return Listen(*options).run(*std::move(made));
}

}  // namespace oriel::cli

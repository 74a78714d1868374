#include "oriel/app/cli/session_server.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>
#include <csignal>
#include <optional>
#include <utility>

#include "oriel/app/agent/verb_line.h"
#include "oriel/app/cli/drive_target.h"
#include "oriel/app/conduit/server.h"
#include "oriel/base/version.h"
#include "oriel/core/conduit/frame.h"
#include "oriel/io/net/wake_event.h"

namespace oriel::cli {
namespace {

namespace asio = boost::asio;
using conduit::CallResult;
using conduit::Map;
using conduit::Value;

// Files are named from where the command was started, not from where this process is.
void place_files(agent::VerbCall& call, const std::string& folder) {
  for (const auto& argument : call.verb->arguments) {
    const auto value = call.values.find(argument.name);
    if (argument.type != agent::ArgumentType::kFile || value == call.values.end()) continue;
    auto& file = std::get<std::string>(value->second);
    if (file != "-" && !file.starts_with('/')) file = folder + "/" + file;
  }
}

agent::AgentResult<std::vector<agent::VerbCall>> parse(const std::vector<std::string>& words,
                                                       const std::string& text) {
  if (words.empty()) return agent::parse_verbs(text);
  auto call = agent::parse_verb_words(words);
  if (!call) return std::unexpected(std::move(call.error()));
  return std::vector<agent::VerbCall>{std::move(*call)};
}

Value to_value(DriveOutcome outcome) {
  conduit::Array outputs;
  for (auto& output : outcome.outputs)
    outputs.push_back(Map{{"text", output.text},
                          {"json", boost::json::serialize(output.json)},
                          {"picture", std::move(output.picture)}});
  Map map{{"target", outcome.target}, {"outputs", std::move(outputs)}};
  if (outcome.error) {
    map.set("error_kind", static_cast<int>(outcome.error->kind));
    map.set("error", outcome.error->message);
    map.set("where", outcome.error_where);
  }
  return map;
}

class SessionServer final : private agent::AgentTargetListener {
 public:
  explicit SessionServer(SessionServerOptions options)
      : options_(std::move(options)),
        target_(shown_target_of(options_.connection)),
        screen_(io_.get_executor(), options_.connection),
        server_(io_.get_executor(), server_options(options_)),
        idle_(io_),
        signals_(io_, SIGINT, SIGTERM, SIGHUP),
        free_(io_.get_executor()) {
    server_.rpc("session.run",
                [this](std::vector<std::string> words, std::string text, std::string folder) {
                  return run(std::move(words), std::move(text), std::move(folder));
                },
                {.parameters = {"words", "text", "folder"}});
    server_.rpc("session.info", [this] { return info(); }, {.run = conduit::Run::kLoop});
    server_.rpc("session.stop", [this] { end(); }, {.run = conduit::Run::kLoop});
  }

  void run(const std::function<void(const agent::AgentStatus&)>& ready) {
    asio::co_spawn(io_, open(ready), asio::detached);
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) end();
    });
    io_.run();
    ::unlink(options_.socket.c_str());
  }

 private:
  static conduit::ServerOptions server_options(const SessionServerOptions& options) {
    conduit::ServerOptions made;
    made.takes_anyone = true;  // who reaches the socket is this user
    made.name = "oriel-session";
    made.version = std::string(kVersion);
    made.has_tcp = false;
    made.unix_path = options.socket;
    made.max_message_size = conduit::kWirePayloadBytesMax;
    return made;
  }

  asio::awaitable<void> open(std::function<void(const agent::AgentStatus&)> ready) {
    auto connected = co_await screen_.connect();
    if (!connected) {
      ready(connected);
      end();
      co_return;
    }
    agent_.emplace(screen_);
    screen_.add_listener(*this);
    const auto before = ::umask(0177);
    const auto listening = co_await server_.async_start();
    ::umask(before);
    if (!listening) {
      ready(agent::failure(agent::ErrorKind::kState, listening.error().message));
      end();
      co_return;
    }
    ready({});
    touch();
  }

  asio::awaitable<CallResult<Value>> run(std::vector<std::string> words, std::string text,
                                         std::string folder) {
    while (is_busy_) co_await free_.wait();
    is_busy_ = true;
    touch();
    DriveOutcome outcome;
    outcome.target = target_;
    outcome.has_connected = true;
    auto calls = parse(words, text);
    if (!calls) {
      outcome.error = std::move(calls.error());
    } else {
      for (auto& call : *calls) place_files(call, folder);
      co_await run_calls(screen_, *agent_, std::move(*calls), nullptr, outcome);
    }
    ++commands_;
    touch();
    is_busy_ = false;
    free_.notify();
    co_return to_value(std::move(outcome));
  }

  Value info() const {
    const auto now = Clock::now();
    const auto seconds = [](Duration duration) {
      return std::chrono::duration<double>(duration).count();
    };
    return Map{{"target", target_},
               {"pid", static_cast<std::int64_t>(::getpid())},
               {"age_s", seconds(now - began_)},
               {"idle_s", seconds(now - touched_)},
               {"commands", commands_}};
  }

  void touch() {
    touched_ = Clock::now();
    idle_.expires_after(options_.idle);
    idle_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      if (is_busy_) return touch();
      end();
    });
  }

  void end() {
    if (std::exchange(is_ending_, true)) return;
    ::unlink(options_.socket.c_str());  // who comes now connects anew
    asio::co_spawn(io_, close(), asio::detached);
  }
  asio::awaitable<void> close() {
    co_await server_.async_stop();
    co_await screen_.disconnect();
    io_.stop();
  }

  void screen_changed(const agent::ScreenChange&) override {}
  void target_lost(const agent::AgentError&) override { end(); }

  SessionServerOptions options_;
  const std::string target_;
  asio::io_context io_{1};
  client::RemoteScreen screen_;
  std::optional<agent::AsyncAgent> agent_;
  conduit::Server server_;
  asio::steady_timer idle_;
  asio::signal_set signals_;
  net::WakeEvent free_;
  bool is_busy_ = false;
  bool is_ending_ = false;
  std::int64_t commands_ = 0;
  const TimePoint began_ = Clock::now();
  TimePoint touched_ = began_;
};

}  // namespace

void run_session_server(SessionServerOptions options,
                        const std::function<void(const agent::AgentStatus&)>& ready) {
  SessionServer(std::move(options)).run(ready);
}

}  // namespace oriel::cli

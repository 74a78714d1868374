#include "oriel/app/cli/session_server.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>
#include <csignal>
#include <list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "oriel/app/agent/verb_line.h"
#include "oriel/app/agent/waits.h"
#include "oriel/app/cli/bounded_work.h"
#include "oriel/app/cli/drive_target.h"
#include "oriel/app/cli/session_options.h"
#include "oriel/app/cli/session_place.h"
#include "oriel/app/cli/session_request.h"
#include "oriel/app/cli/session_turns.h"
#include "oriel/app/cli/target_files.h"
#include "oriel/app/conduit/server.h"
#include "oriel/base/version.h"
#include "oriel/core/conduit/frame.h"

namespace oriel::cli {
namespace {

namespace asio = boost::asio;
using conduit::CallResult;
using conduit::Map;
using conduit::Value;
using std::chrono::milliseconds;

// Files are named from where the command was started, not from where this process is.
void place_files(agent::VerbCall& call, const std::string& folder) {
  for (const auto& argument : call.verb->arguments) {
    const auto value = call.values.find(argument.name);
    if (argument.type != agent::ArgumentType::kFile || value == call.values.end()) continue;
    auto& file = std::get<std::string>(value->second);
    if (file != "-" && !file.starts_with('/')) file = folder + "/" + file;
  }
}

std::vector<std::string> names_of_files(const std::vector<agent::VerbCall>& calls) {
  std::vector<std::string> names;
  for (const auto& call : calls) {
    const auto value = call.values.find("file");
    names.push_back(value == call.values.end() ? "" : std::get<std::string>(value->second));
  }
  return names;
}

// As the user knows them.
void tell_files_by(const std::vector<std::string>& names, DriveOutcome& outcome) {
  for (std::size_t at = 0; at < outcome.outputs.size(); ++at)
    if (auto& json = outcome.outputs[at].json; json.contains("file")) json["file"] = names[at];
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
  Map map{{"outputs", std::move(outputs)}};
  if (outcome.error) {
    map.set("error_kind", static_cast<int>(outcome.error->kind));
    map.set("error", outcome.error->message);
    map.set("where", outcome.error_where);
  }
  return map;
}

// The lines of the connection's log: those of the handshake for whoever asks later, all others for
// whoever listens.
class SessionLog {
 public:
  void add(std::string_view line) {
    if (is_opening_ && opening_.size() < kLinesMax) opening_.emplace_back(line);
    for (auto* listener : listeners_) tell(*listener, line);
  }
  bool is_opening() const { return is_opening_; }
  void opened() { is_opening_ = false; }

  // Hears all lines while it lives, and at once those of the handshake. Null: nobody does.
  class Listening {
   public:
    Listening(SessionLog& log, conduit::Connection* listener) : log_(log), listener_(listener) {
      if (listener_ == nullptr) return;
      log_.listeners_.push_back(listener_);
      for (const auto& line : log_.opening_) tell(*listener_, line);
    }
    ~Listening() {
      if (listener_ != nullptr) log_.listeners_.remove(listener_);
    }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;

   private:
    SessionLog& log_;
    conduit::Connection* listener_;
  };

 private:
  static constexpr std::size_t kLinesMax = 64;

  // Whoever does not keep up misses some.
  static void tell(conduit::Connection& listener, std::string_view line) {
    (void)listener.send_message(kSessionLog, Value(std::string(line)));
  }

  bool is_opening_ = true;
  std::vector<std::string> opening_;
  std::list<conduit::Connection*> listeners_;
};

// "click, wait still, shot, ..."; of the words that are typed none.
std::string names_of(const std::vector<agent::VerbCall>& calls) {
  constexpr std::size_t kShown = 3;
  std::string names;
  for (std::size_t i = 0; i < calls.size() && i < kShown; ++i)
    names += fmt::format("{}{}", i == 0 ? "" : ", ", calls[i].verb->name);
  return names + (calls.size() > kShown ? ", ..." : "");
}

class SessionServer final : private agent::AgentTargetListener {
 public:
  explicit SessionServer(SessionServerOptions options)
      : options_(logging(std::move(options))),
        target_(shown_target_of(options_.connection)),
        given_(session_options(options_.connection)),
        screen_(io_.get_executor(), options_.connection),
        server_(io_.get_executor(), server_options(options_)),
        idle_(io_),
        signals_(io_, SIGINT, SIGTERM, SIGHUP),
        turns_(io_.get_executor()) {
    server_.rpc("session.run",
                [this](conduit::Context& context, SessionRequest request) {
                  return run(context, std::move(request));
                },
                {.parameters = {"request"}});
    server_.rpc("session.info", [this] { return info(); }, {.run = conduit::Run::kLoop});
    server_.rpc("session.stop", [this] { end(); }, {.run = conduit::Run::kLoop});
  }

  void run(const std::function<void(const agent::AgentStatus&)>& ready) {
    asio::co_spawn(io_, open(ready), asio::detached);
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) end();
    });
    io_.run();
  }

 private:
  // A command, from its coming to its end: so long the session is not idle.
  class Running {
   public:
    explicit Running(SessionServer& server) : server_(server) {
      ++server_.running_;
      server_.touch();
    }
    ~Running() {
      --server_.running_;
      server_.touch();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    SessionServer& server_;
  };

  SessionServerOptions logging(SessionServerOptions options) {
    options.connection.log = [this, first = options.connection.log](std::string_view line) {
      if (first && log_.is_opening()) first(line);
      log_.add(line);
    };
    return options;
  }
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
    log_.opened();
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
      ready(session_process(options_.socket)
                ? agent::failure(agent::ErrorKind::kState,
                                 "there is a session of this target and user already; `oriel "
                                 "session list` shows it")
                : agent::failure(agent::ErrorKind::kState, listening.error().message));
      end();
      co_return;
    }
    is_listening_ = true;
    ready({});
    touch();
  }

  asio::awaitable<CallResult<Value>> run(conduit::Context& context, SessionRequest request) {
    if (const auto flags = differing_options(request.options, given_); !flags.empty()) {
      conduit::Array differs;
      for (const auto& flag : flags) differs.push_back(flag);
      co_return Value(Map{{kSessionDiffers, std::move(differs)}});
    }
    const Running running(*this);
    DriveOutcome outcome;
    outcome.has_connected = true;
    auto calls = parse(request.words, request.text);
    if (calls) {
      put_target_into_names(*calls, request.label);
      const auto names = names_of_files(*calls);
      for (auto& call : *calls) place_files(call, request.folder);
      co_await run_parsed(context, request, std::move(*calls), outcome);
      tell_files_by(names, outcome);
    } else {
      outcome.error = std::move(calls.error());
    }
    ++commands_;
    co_return to_value(std::move(outcome));
  }

  // Those that only look do not wait for those that act.
  asio::awaitable<void> run_parsed(conduit::Context& context, const SessionRequest& request,
                                   std::vector<agent::VerbCall> calls, DriveOutcome& outcome) {
    const auto now = Clock::now();
    const milliseconds time(request.time_ms);
    const auto until = request.time_ms > 0 ? std::optional(now + time) : std::nullopt;
    const SessionLog::Listening listening(log_,
                                          request.is_verbose ? &context.connection() : nullptr);
    std::unique_ptr<SessionTurns::Turn> turn;
    if (!std::ranges::all_of(calls, [](const auto& call) { return call.verb->only_looks; })) {
      const SessionCommand command{names_of(calls), request.process, now};
      auto turn_until = now + milliseconds(request.turn_ms);
      if (until) turn_until = std::min(turn_until, *until);
      std::function<void()> waits = [this, &context] { tell_to_wait(context.connection()); };
      auto taking = turns_.take(command, turn_until, context.stop_token(), std::move(waits));
      turn = co_await std::move(taking);
      if (!turn) {
        outcome.error = busy(Clock::now() - now);
        co_return;
      }
    }
    const auto held = agent_->held();
    auto work = run_calls(screen_, *agent_, std::move(calls), nullptr, outcome);
    auto bounded = run_bounded(std::move(work), until, context.stop_token());
    const auto ended = co_await std::move(bounded);
    if (ended == WorkEnd::kDone) co_return;
    if (turn) agent_->let_go(held);
    // Heard only when it is the session that ends.
    if (ended == WorkEnd::kStopped)
      outcome.error = {agent::ErrorKind::kConnection, "the session was stopped meanwhile"};
    if (ended == WorkEnd::kTimeout && !outcome.under_way.empty()) set_timed_out(outcome, time);
  }

  std::string holder() const {
    return turns_.holder() != nullptr ? describe(*turns_.holder(), Clock::now())
                                      : std::string("another command");
  }
  void tell_to_wait(conduit::Connection& caller) const {
    (void)caller.send_message(
        kSessionNotice, Value(fmt::format("waits for its turn in the session of {}, which does {}",
                                          target_, holder())));
  }
  agent::AgentError busy(Duration waited) const {
    return {agent::ErrorKind::kTimeout,
            fmt::format("the session of {} was not free within {}: it does {}; --no-session "
                        "connects anew, --connect-timeout waits longer",
                        target_, agent::shown(waited), holder())};
  }

  Value info() const {
    const auto now = Clock::now();
    const auto seconds = [](Duration duration) {
      return std::chrono::duration<double>(duration).count();
    };
    Map map{{"target", target_},
            {"pid", static_cast<std::int64_t>(::getpid())},
            {"age_s", seconds(now - began_)},
            {"idle_s", seconds(now - touched_)},
            {"commands", commands_},
            {"runs", static_cast<std::int64_t>(running_)},
            {"options", boost::json::serialize(shown_options(given_))}};
    if (options_.idle) map.set("idle_limit_s", seconds(*options_.idle));
    if (turns_.holder() != nullptr) map.set("acts", describe(*turns_.holder(), now));
    return map;
  }

  void touch() {
    touched_ = Clock::now();
    if (!options_.idle) return;
    idle_.expires_after(*options_.idle);
    idle_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      if (running_ > 0) return touch();
      end();
    });
  }

  void end() {
    if (std::exchange(is_ending_, true)) return;
    if (is_listening_) ::unlink(options_.socket.c_str());  // who comes now connects anew
    asio::co_spawn(io_, close(), asio::detached);
  }
  asio::awaitable<void> close() {
    co_await server_.async_stop();
    co_await screen_.disconnect();
    io_.stop();
  }

  void screen_changed(const agent::ScreenChange&) override {}
  void target_lost(const agent::AgentError&) override { end(); }

  SessionLog log_;
  SessionServerOptions options_;
  const std::string target_;
  const SessionOptions given_;
  asio::io_context io_{1};
  client::RemoteScreen screen_;
  std::optional<agent::AsyncAgent> agent_;
  conduit::Server server_;
  asio::steady_timer idle_;
  asio::signal_set signals_;
  SessionTurns turns_;
  int running_ = 0;
  bool is_listening_ = false;  // the socket is ours
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

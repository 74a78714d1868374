#pragma once
// The monitoring client: connects to a server of the stream, keeps the connection, and hands out
// its messages. Three ways to use it:
//
//   Synchronous: a thread of its own does the work, callbacks run in the caller's thread.
//     Client client({.uri = "ws://localhost:8765", .on_message = show});
//     client.start();
//     client.wait(60s);                // runs the callbacks; poll() runs those that are due
//
//   Callbacks on the application's io_context:
//     Client client(executor, {.on_message = show});
//     client.start();        // they run on a strand of that executor, and must not throw
//
//   Coroutines on the application's io_context:
//     while (auto message = co_await client.next()) show(**message);

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/monitor/client_options.h"
#include "oriel/app/monitor/client_statistics.h"
#include "oriel/app/monitor/save_file.h"
#include "oriel/base/result.h"
#include "oriel/core/monitor/server_message.h"
#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

// What a handler gets; a cheap copy.
struct ClientEvent {
  // A message's type as sent, "state_change", or what emit() was given.
  std::string type;
  // The whole message; {"old_state": …, "new_state": …}; or what emit() was given. Never null.
  std::shared_ptr<const Value> document;

  const Value& data() const { return *document; }
};

using EventHandler = std::function<void(const ClientEvent&)>;
using EventCoroutine = std::function<boost::asio::awaitable<void>(ClientEvent)>;
using HandlerId = std::uint64_t;

// Every function may be called from any thread, and from inside a callback, but for what says
// otherwise. The destructor ends the connection and, when the client has a thread of its own, waits
// for that at most stop_timeout; not to be called inside a callback of that client.
class Client {
 public:
  // Synchronous: start() makes the thread; wait() and poll() run the callbacks.
  explicit Client(ClientOptions options);
  // Callbacks and coroutines run on a strand of `executor`, whose context must outlive the client.
  // The client is destroyed on a thread that runs that context, or while none does.
  Client(boost::asio::any_io_executor executor, ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // ---- the connection

  // Begins to connect and returns. kInvalid: an option is wrong; kUnavailable: it runs already.
  Status start();
  // Ends from any state, without an error: says goodbye to the server and waits for the end, at
  // most stop_timeout. With a given executor, and on the client's own thread, it does not wait.
  void stop();
  // Connects anew at once, with all attempts before it; from any state, also after giving up.
  void reconnect();

  ClientState state() const;
  bool is_connected() const { return state() == ClientState::kConnected; }
  // Why it gave up; nothing while it works, and after stop().
  std::optional<ClientError> failure() const;

  // ---- synchronous use (without an executor)

  // Runs callbacks for `duration` (for ever without), or until the client has ended and all are
  // run. An error when it gave up: failure() has it in more detail. Callbacks may throw: the
  // exception leaves wait() and poll(), and nothing is lost but the rest of that event.
  Status wait(std::optional<std::chrono::milliseconds> duration = {});
  // The same until it is connected: kTimeout after `duration`.
  Status wait_connected(std::chrono::milliseconds duration);
  // Runs the callbacks that are due and returns how many events there were.
  std::size_t poll();

  // ---- coroutines (with an executor)

  // The next message of any type; monitoring data that the filter refuses are left out. From the
  // first call on, those that come between two calls wait, at most kClientQueueMax: then the oldest
  // is dropped and counted. kClosed after stop() and before start(); the reason after giving up,
  // when all messages are taken. One call at a time.
  boost::asio::awaitable<Result<SharedMessage>> next();
  // send(), waiting for it without holding a thread.
  boost::asio::awaitable<Status> async_send(Value message);

  // ---- events

  // Handlers of one type: as sent by the server, or the other dialect's name for it ("connection"
  // and "connection_message"), "state_change", or "*" for all. In the order of their coming.
  HandlerId on(std::string_view type, EventHandler handler);
  // A coroutine, started on the client's strand for each event: events may overtake each other.
  HandlerId on_async(std::string_view type, EventCoroutine handler);
  // Takes one handler away; false when there is none of this id. Also inside a handler.
  bool off(HandlerId id);
  bool remove_handler(HandlerId id) { return off(id); }
  // Takes all handlers of a type away and returns how many there were.
  std::size_t off_all(std::string_view type);
  // Shows an event to our own handlers, as if it had happened; nothing is sent or counted.
  void emit(std::string_view type, Value data);

  // ---- messages out

  // Sends a message. Synchronous: waits until it is written. kClosed when not connected, kTimeout
  // after send_timeout, kTooLarge. With an executor, and on the client's own thread, it does not
  // wait: on_error tells a failure.
  Status send(const Value& message);
  // {"type": "ping"} and {"type": "get_status"}: the answers are events "pong" and "status".
  Status send_ping();
  Status request_status();
  // Asks for something else from now on, also after a reconnect. Not connected: with the next one.
  Status subscribe(const Subscribe& request);

  // ---- what it knows

  ClientStatistics statistics() const;
  // Monitoring data, oldest first. kUnavailable when history is off.
  Result<std::vector<SharedMessage>> history() const;
  // The newest monitoring data; null before the first.
  SharedMessage last_data() const;
  // Of ClientOptions::save_data; nothing without.
  std::optional<SaveFileStatistics> save_statistics() const;

  // ---- at run time

  void set_formatter(MessageFormatter formatter);  // empty: nothing is shown
  // "simple", "detailed", "compact", "json". kInvalid: there is no such format.
  Status set_formatter(std::string_view format, bool has_color);
  void set_data_filter(std::function<bool(const ServerMessage&)> filter);

 private:
  class Shared;      // outlives the client as long as its coroutines hold it
  struct OwnThread;  // of synchronous use

  bool waits() const;

  std::unique_ptr<OwnThread> thread_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace oriel::monitor

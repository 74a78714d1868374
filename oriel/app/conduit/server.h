#pragma once
// The conduit's server: methods and handlers for whoever knows the password, and messages to all of
// them. Two ways to use it:
//
//   With a thread of its own:
//     Server server({.password = "secret", .port = 9000});
//     server.rpc("add", [](int a, int b) { return a + b; }, {.parameters = {{"a"}, {"b"}}});
//     return server.run() ? 0 : 1;     // until stop(), SIGINT or SIGTERM; start() does not wait
//
//   On the application's io_context:
//     Server server(executor, {.password = "secret"});
//     co_await server.async_start();   // everything runs on a strand of that executor
//     co_await server.async_stop();

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "oriel/app/conduit/binding.h"
#include "oriel/app/conduit/connection.h"
#include "oriel/app/conduit/server_hook.h"
#include "oriel/app/conduit/server_options.h"
#include "oriel/base/result.h"
#include "oriel/core/conduit/outbox.h"

namespace oriel::conduit {

enum class ServerState { kCreated, kInitializing, kRunning, kStopping, kClosed };
// "RUNNING", as the real programs say it.
std::string_view server_state_name(ServerState state);

struct BroadcastOptions {
  std::vector<std::string> exclude;   // ids of connections
  std::optional<TopicPolicy> policy;  // nothing: that of the topic
};

// Of all connections so far, those that have ended included.
struct ServerStatistics {
  Duration uptime{};  // since it runs
  std::size_t connections = 0;
  std::size_t connections_most = 0;  // at the same time
  std::uint64_t connections_accepted = 0;
  std::uint64_t logins_refused = 0;       // wrong passwords, and whoever is locked out
  std::uint64_t connections_refused = 0;  // beyond the limit
  std::uint64_t broadcasts = 0;
  // Sums; call_latency and the latency of pings are not among them.
  ConnectionStats traffic;
  double messages_per_second = 0;  // in and out, over the uptime
};

// How a stream that another door has accepted came to us.
struct Arrival {
  // Whether the log-in of real netconduit clients is taken. Nothing: where nobody can listen in,
  // as the stream says.
  std::optional<bool> takes_bare_hash;
};

class OwnLoop;

// Every function may be called from any thread, and from inside a handler, but for what says
// otherwise. The destructor stops without waiting for long; not inside a handler or hook of this
// server. Handlers that are still at work then must not use the server.
class Server {
 public:
  explicit Server(ServerOptions options);
  // `executor`'s context must outlive the server, which is destroyed on a thread that runs that
  // context, or while none does.
  Server(boost::asio::any_io_executor executor, ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // ---- what it does; may also be added while it runs

  // A method; see binding.h for what `function` may be. One of the same name is replaced. kInvalid:
  // a name that is empty or has more than kNameBytesMax bytes.
  template <typename F>
  Status rpc(std::string name, F function, MethodOptions options = {}) {
    return dispatcher().add_method(
        make_method(std::move(name), std::move(function), std::move(options)));
  }
  // What is done with messages of a type. Several handlers: all are called in the order of their
  // priority, and the last that returns something is heard. kInvalid as above.
  template <typename F>
  Status on(std::string type, F function, HandlerOptions options = {}) {
    return dispatcher().add_handler(std::move(type), make_handler(std::move(function), options));
  }

  // Where both put what they are given; FileExchange and StreamHub add theirs.
  Dispatcher& dispatcher();

  // Hooks, called on the loop one after the other: plain functions, which must not block, or
  // coroutines. Several each. Exceptions are logged.
  // Before the first client is let in: with Server& or nothing. An error or exception ends the
  // start.
  template <typename F>
  void on_startup(F function) {
    add_startup(make_hook<Server>(std::move(function)));
  }
  // After the last client has gone.
  template <typename F>
  void on_shutdown(F function) {
    add_shutdown(make_hook<Server>(std::move(function)));
  }
  // With Connection& or nothing: when a client has logged in, before anything else of it is
  // handled; and when it has gone.
  template <typename F>
  void on_client_connect(F function) {
    add_connect(make_hook<Connection>(std::move(function)));
  }
  template <typename F>
  void on_client_disconnect(F function) {
    add_disconnect(make_hook<Connection>(std::move(function)));
  }

  // ---- its life

  // Listens, and begins. With a thread of its own it waits for the startup hooks; otherwise a
  // failure of these is told by failure(), or use async_start(). kInvalid: an option; kUnavailable:
  // an address, or it runs already. After a failure it may be started again.
  Status start();
  // start(), and then waits until it has stopped: by stop(), SIGINT or SIGTERM. With a thread of
  // its own only.
  Status run();
  // Lets nobody in any more and begins nothing, lets what is at work end (at most stop_timeout),
  // says CLOSE to all, and calls the hooks. With a thread of its own and not inside it waits for
  // the end; a stopped server is not started again.
  void stop(std::string reason = "the server is stopping");
  // Until it has stopped; with a thread of its own only.
  void wait();

  // On any executor.
  boost::asio::awaitable<Status> async_start();
  boost::asio::awaitable<void> async_stop(std::string reason = "the server is stopping");

  ServerState state() const;
  bool is_running() const { return state() == ServerState::kRunning; }
  // Why the last start failed.
  std::optional<Error> failure() const;
  const ServerOptions& config() const;
  // "127.0.0.1:8080"; empty before start() and without TCP.
  std::string address() const;
  std::uint16_t port() const;  // 0 likewise

  // ---- its clients

  // Those that have logged in.
  std::vector<ConnectionPointer> connections() const;
  std::size_t connection_count() const;
  // Null: there is none, or not any more.
  ConnectionPointer find_connection(std::string_view id) const;

  // Sends a message to all: serialized once, and waiting for nobody. Whoever cannot take it now is
  // treated by the topic's policy. Returns how many have it in their queues; from another thread
  // than the loop's, how many it is on its way to, or 0 when too much is on its way already.
  std::size_t broadcast(std::string_view type, const Value& data,
                        const BroadcastOptions& options = {});
  template <typename T>
    requires(!std::convertible_to<const T&, Value>)
  std::size_t broadcast(std::string_view type, const T& data,
                        const BroadcastOptions& options = {}) {
    return broadcast(type, to_value(data), options);
  }
  // The same, and for a topic with kBlock it waits until all have taken it or have gone.
  boost::asio::awaitable<std::size_t> async_broadcast(std::string type, Value data,
                                                      BroadcastOptions options = {});
  // What happens to a broadcast when a client's queue is full; without, kDropOldest.
  void set_topic_policy(std::string_view type, TopicPolicy policy);

  // Takes a stream that another door has accepted, such as a WebSocket. On the loop, or from
  // another thread when the stream's executor is ours.
  void accept(net::StreamPointer stream, Arrival arrival = {});
  boost::asio::any_io_executor executor() const;

  ServerStatistics statistics() const;

  // One object for all handlers: Context::user_data<T>().
  template <typename T>
  void set_user_data(std::shared_ptr<T> object) {
    user_data_of_all().set(std::move(object));
  }
  template <typename T>
  T& user_data() const {
    return user_data_of_all().get<T>();
  }

 private:
  class Shared;  // outlives the server as long as its coroutines hold it

  UserData& user_data_of_all() const;
  void add_startup(Hook<Server> hook);
  void add_shutdown(Hook<Server> hook);
  void add_connect(Hook<Connection> hook);
  void add_disconnect(Hook<Connection> hook);
  bool waits() const;

  std::shared_ptr<OwnLoop> loop_;  // null on the application's io_context
  std::shared_ptr<Shared> shared_;
};

}  // namespace oriel::conduit

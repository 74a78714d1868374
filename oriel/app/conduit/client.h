#pragma once
// The conduit's client: connects to a server, keeps the connection, calls its methods, sends and
// takes messages. Two ways to use it:
//
//   With a thread of its own:
//     Client client({.server_host = "localhost", .password = "secret"});
//     if (auto connected = client.connect(); !connected) return complain(connected.error());
//     auto sum = client.call<int>("add", {{"a", 1}, {"b", 2}});   // waits, in any other thread
//
//   On the application's io_context:
//     Client client(executor, {.target = "tls://host:9000", .password = "secret"});
//     auto connected = co_await client.async_connect();
//     auto sum = co_await client.async_call<int>("add", params("a", 1, "b", 2));
//
// Arguments: a Map ({{"a", 1}}), params("a", 1, "b", list) for values of any type of convert.h, or
// a described struct. Results: any type of convert.h, Value, void, or Response for all of it.
// g++ 12 does not compile braces inside an expression with co_await: use params() there.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <concepts>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "oriel/app/conduit/binding.h"
#include "oriel/app/conduit/client_book.h"
#include "oriel/app/conduit/client_error.h"
#include "oriel/app/conduit/client_options.h"
#include "oriel/app/conduit/client_state.h"
#include "oriel/app/conduit/connection.h"
#include "oriel/app/conduit/outcome.h"

namespace oriel::conduit {

class OwnLoop;

struct ClientCallOptions {
  // Nothing: ClientOptions::rpc_timeout. Zero: none.
  std::optional<std::chrono::milliseconds> timeout = {};
  // Requesting the stop ends the call with kCancelled; a server of ours stops working on it.
  std::stop_token stop = {};
  // Nothing: ClientOptions::calls_wait.
  std::optional<bool> waits_for_connection = {};
};

// Named arguments of any type of convert.h: params("path", path, "tags", tags).
inline Map params() { return {}; }
template <typename T, typename... More>
Map params(std::string_view name, const T& value, const More&... more);

// Every function may be called from any thread but where it says otherwise. Those that wait
// (connect, disconnect, call, send, wait and the like) are for clients with a thread of their own,
// and not for that thread itself: in a handler with Run::kLoop and in a coroutine they fail with
// kUsage. Handlers with Run::kWorker and hooks may call them.
//
// The destructor ends the connection. With a thread of its own it waits for that, and for handlers
// and hooks, at most stop_timeout each, and is not to be called inside one. On an executor it waits
// for nothing: handlers that are at work then must not use the client any more.
class Client {
 public:
  explicit Client(ClientOptions options);
  // Everything runs on a strand of `executor`, whose context must outlive the client and whoever
  // waits for it.
  Client(boost::asio::any_io_executor executor, ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // ---- the connection

  // Connects, logs in and calls the hooks. One attempt (retry_first_connect: more); what ends it
  // otherwise says why. Once connected, the client connects again by itself.
  ClientStatus connect();
  // Ends from any state: says CLOSE behind what is queued, and waits for the end and the hooks.
  void disconnect();
  boost::asio::awaitable<ClientStatus> async_connect();
  boost::asio::awaitable<void> async_disconnect();

  bool is_connected() const;
  ClientState state() const;
  // Why the last attempt failed or the connection was lost; nothing after disconnect().
  std::optional<ClientError> failure() const;
  ClientHealth health() const;
  ClientStatistics statistics() const;
  ProgramFacts server_info() const;   // of the last connection
  std::string session_token() const;  // likewise
  // Where it leads, without the password.
  std::string target() const;
  const ClientOptions& config() const;
  // The present connection; null without. What is called on it fails when it is lost.
  ConnectionPointer connection() const;

  // Waits until the client has ended: after disconnect(), or given up (the failure). kTimeout after
  // `duration`.
  ClientStatus wait(std::optional<std::chrono::milliseconds> duration = {});
  // Waits until it is connected (again).
  ClientStatus wait_connected(std::chrono::milliseconds duration);

  // ---- calls
  //
  // A failure of the method, of the way to it or of the time is a CallError; kind_of() sorts them.
  // Not connected: kDisconnected or kReconnecting, and nothing was sent. A call that was under way
  // when the connection was lost: kUnknownOutcome; it is never sent twice.

  template <typename T = Value, typename Arguments = Map>
  CallResult<T> call(std::string_view method, const Arguments& arguments = {},
                     const ClientCallOptions& options = {}) {
    return result_of<T>(method, request(method, to_params(arguments), options));
  }
  template <typename T = Value, typename Arguments = Map>
  boost::asio::awaitable<CallResult<T>> async_call(std::string method, Arguments arguments = {},
                                                   ClientCallOptions options = {}) {
    auto asked = async_request(method, to_params(arguments), std::move(options));
    return result_when<T>(std::move(method), std::move(asked));
  }
  // Waiting for it on the client's own thread waits for ever.
  template <typename T = Value, typename Arguments = Map>
  std::future<CallResult<T>> call_future(std::string_view method, const Arguments& arguments = {},
                                         const ClientCallOptions& options = {}) {
    return future_of_call<T>(std::string(method), to_params(arguments), options);
  }
  // `done` is called once, on the strand of the client.
  void start_call(std::string_view method, Value params, const ClientCallOptions& options,
                  std::function<void(Answer)> done);
  // A call whose answer nobody wants. Waits for nothing.
  template <typename Arguments = Map>
  ClientStatus notify(std::string_view method, const Arguments& arguments = {}) {
    return start_notify(method, to_params(arguments));
  }
  // The whole answer: data, message, metadata, pagination.
  Answer request(std::string_view method, Value params, const ClientCallOptions& options = {});
  boost::asio::awaitable<Answer> async_request(std::string method, Value params,
                                               ClientCallOptions options = {});

  // What the server's `listall` gives: a map for each method.
  CallResult<Array> discover();
  boost::asio::awaitable<CallResult<Array>> async_discover();
  // JSON Schemas of one method. Only servers of ours know them.
  CallResult<Value> describe(std::string_view method);

  // ---- messages

  // Waits for room in the send queue, at most send_timeout: a server that pauses us or does not
  // read. On the client's own thread it does not wait: kBackpressure.
  template <typename T = Map>
  ClientStatus send(std::string_view type, const T& data = {}) {
    return send_value(type, to_params(data));
  }
  template <typename T = Map>
  boost::asio::awaitable<ClientStatus> async_send(std::string type, T data = {}) {
    return async_send_value(std::move(type), to_params(data));
  }

  // ---- what the server may do with us; may also be added while connected. As in Server.

  template <typename F>
  Status on(std::string type, F function, HandlerOptions options = {}) {
    return dispatcher().add_handler(std::move(type), make_handler(std::move(function), options));
  }
  template <typename F>
  Status rpc(std::string name, F function, MethodOptions options = {}) {
    return dispatcher().add_method(
        make_method(std::move(name), std::move(function), std::move(options)));
  }

  // Where both put what they are given; FileExchange and StreamHub add theirs.
  Dispatcher& dispatcher();

  // ---- hooks; several each, called in order, one at a time: in a thread where they may wait for
  // the client, or on the executor's strand, where they must not block. Exceptions are logged.

  // After each log-in.
  void on_connect(std::function<void()> hook);
  // After on_connect, when it is not the first since connect().
  void on_reconnect(std::function<void()> hook);
  // A connection that was there has ended, whoever ended it; with the reason or without.
  template <typename F>
  void on_disconnect(F hook) {
    if constexpr (std::is_invocable_v<F&, const ClientError&>)
      add_disconnect(std::move(hook));
    else
      add_disconnect([hook = std::move(hook)](const ClientError&) mutable { hook(); });
  }
  void on_state_change(std::function<void(ClientState before, ClientState now)> hook);

  // One object for all handlers: Context::user_data<T>().
  template <typename T>
  void set_user_data(std::shared_ptr<T> object) {
    user_data_of_all().set(std::move(object));
  }
  template <typename T>
  T& user_data() const {
    return user_data_of_all().template get<T>();
  }

 private:
  friend class ClientPool;
  class Shared;  // outlives the client as long as its coroutines hold it

  // For the pool. Begins to connect; `tell` is called whenever that has gone well or failed.
  void start_connect(std::function<void()> tell);
  // Sends without waiting, from any thread.
  ClientStatus offer(std::string_view type, const Value& data);
  // Waits for the end after disconnect(), and for handlers; the loop must run.
  void wait_ended();
  void detach();
  void finish();

  template <typename T>
  static Value to_params(const T& value) {
    if constexpr (std::convertible_to<const T&, Value>)
      return value;
    else
      return to_value(value);
  }
  template <typename T>
  static CallResult<T> result_of(std::string_view method, Answer answer);
  template <typename T>
  static boost::asio::awaitable<CallResult<T>> result_when(std::string method,
                                                           boost::asio::awaitable<Answer> asked) {
    auto answer = co_await std::move(asked);
    co_return result_of<T>(method, std::move(answer));
  }
  template <typename T>
  std::future<CallResult<T>> future_of_call(std::string method, Value params,
                                            const ClientCallOptions& options);
  static CallError unreadable(std::string_view method, const std::vector<FieldError>& errors);
  static CallError gone();

  ClientStatus start_notify(std::string_view method, Value params);
  ClientStatus send_value(std::string_view type, Value data);
  boost::asio::awaitable<ClientStatus> async_send_value(std::string type, Value data);
  void add_disconnect(std::function<void(const ClientError&)> hook);
  UserData& user_data_of_all() const;
  // Nothing when this thread may wait for the client.
  ClientStatus may_wait(std::string_view what) const;

  std::shared_ptr<OwnLoop> loop_;  // null on the application's io_context
  std::shared_ptr<Shared> shared_;
};

// ---- templates

namespace client_params {

inline void add(Map&) {}
template <typename T, typename... More>
void add(Map& map, std::string_view name, const T& value, const More&... more) {
  if constexpr (std::convertible_to<const T&, Value>)
    map.set(name, value);
  else
    map.set(name, to_value(value));
  add(map, more...);
}

}  // namespace client_params

template <typename T, typename... More>
Map params(std::string_view name, const T& value, const More&... more) {
  Map map;
  client_params::add(map, name, value, more...);
  return map;
}

template <typename T>
CallResult<T> Client::result_of(std::string_view method, Answer answer) {
  if (!answer) return std::unexpected(std::move(answer.error()));
  if constexpr (std::is_same_v<T, Response>) {
    return std::move(*answer);
  } else if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    auto data = answer->data ? std::move(*answer->data) : Value();
    if constexpr (std::is_same_v<T, Value>) {
      return data;
    } else {
      auto read = from_value<T>(data);
      if (!read) return std::unexpected(unreadable(method, read.error()));
      return std::move(*read);
    }
  }
}

template <typename T>
std::future<CallResult<T>> Client::future_of_call(std::string method, Value params,
                                                  const ClientCallOptions& options) {
  return future_of<CallResult<T>>(std::unexpected(gone()), [&](auto give) {
    start_call(method, std::move(params), options,
               [method, give = std::move(give)](Answer answer) mutable {
                 give(result_of<T>(method, std::move(answer)));
               });
  });
}

}  // namespace oriel::conduit

#pragma once
// Several connections to several servers as one: each call goes to one that is connected, by turns,
// by chance, or to the quickest; what was certainly not sent goes to another. A server that is dead
// is left out until it is back.
//
//   ClientPool pool({.servers = {"one:8080", "two:8080"}, .password = "secret", .pool_size = 2});
//   pool.connect_all();
//   auto sum = pool.rpc<int>("add", {{"a", 1}, {"b", 2}});
//
// Calls share a connection and do not wait for each other, so nothing is lent here: connections
// that one user has for himself are in net::Pool.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "oriel/app/conduit/client.h"

namespace oriel::conduit {

enum class PoolStrategy {
  kRoundRobin,
  kRandom,
  kLeastLatency,  // of its last calls, and with the fewest under way; others are tried now and then
};

struct ClientPoolOptions {
  std::vector<std::string> servers;  // targets: HOST:PORT, tls://, ...
  std::string password = {};         // empty: those of the targets
  std::size_t pool_size = 1;         // connections to each server
  PoolStrategy strategy = PoolStrategy::kRoundRobin;
  // The rest; where to, password and reconnecting are the pool's. It tries without end, but not a
  // password that was refused.
  ClientOptions client = {};
};

ClientStatus check(const ClientPoolOptions& options);

struct ClientPoolMember {
  std::string target;
  ClientState state = ClientState::kDisconnected;
  bool is_connected = false;
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;
  std::size_t under_way = 0;
  std::optional<Duration> latency;  // moving average
  std::optional<ClientError> failure;
};

struct ClientPoolStats {
  std::size_t total_connections = 0;
  std::size_t active_connections = 0;
  std::uint64_t requests_sent = 0;
  std::uint64_t requests_failed = 0;
  std::optional<Duration> avg_latency;
  std::vector<ClientPoolMember> members;
};

template <typename T>
struct PoolAnswer {
  std::string target;
  CallResult<T> result;
};

// Any thread. Functions that wait are for a pool with a thread of its own, and not for that thread:
// kUsage, as in Client. The destructor ends all connections, as that of Client.
class ClientPool {
 public:
  explicit ClientPool(ClientPoolOptions options);
  ClientPool(boost::asio::any_io_executor executor, ClientPoolOptions options);
  ~ClientPool();
  ClientPool(const ClientPool&) = delete;
  ClientPool& operator=(const ClientPool&) = delete;

  // Begins all connections, waits until each is there or has failed once, and says how many are
  // there. The others are tried again and again. kOptions; on an executor it does not wait (0).
  std::expected<std::size_t, ClientError> connect_all();
  void disconnect_all();
  std::size_t connected_count() const;

  template <typename T = Value, typename Arguments = Map>
  CallResult<T> rpc(std::string_view method, const Arguments& arguments = {},
                    const ClientCallOptions& options = {}) {
    return Client::result_of<T>(method, request(method, Client::to_params(arguments), options));
  }
  template <typename T = Value, typename Arguments = Map>
  boost::asio::awaitable<CallResult<T>> async_rpc(std::string method, Arguments arguments = {},
                                                  ClientCallOptions options = {}) {
    auto asked = async_request(shared_, method, Client::to_params(arguments), std::move(options));
    return Client::result_when<T>(std::move(method), std::move(asked));
  }
  // All that are connected are asked, at once.
  template <typename T = Value, typename Arguments = Map>
  std::vector<PoolAnswer<T>> broadcast_rpc(std::string_view method, const Arguments& arguments = {},
                                           const ClientCallOptions& options = {}) {
    std::vector<PoolAnswer<T>> answers;
    for (auto& [target, answer] : request_all(method, Client::to_params(arguments), options))
      answers.push_back({std::move(target), Client::result_of<T>(method, std::move(answer))});
    return answers;
  }
  // `done` is called once, on some strand of the pool.
  void start_call(std::string_view method, Value params, const ClientCallOptions& options,
                  std::function<void(Answer)> done);

  // A message by one connection, or by all: then how many have it in their queues.
  template <typename T = Map>
  ClientStatus send(std::string_view type, const T& data = {}) {
    return send_value(type, Client::to_params(data));
  }
  template <typename T = Map>
  std::size_t broadcast(std::string_view type, const T& data = {}) {
    return broadcast_value(type, Client::to_params(data));
  }

  // As in Client, for every connection.
  template <typename F>
  Status on(const std::string& type, F function, HandlerOptions options = {}) {
    Status status;  // that of one is that of all
    for_each([&](Client& client) { status = client.on(type, function, options); });
    return status;
  }
  template <typename F>
  Status rpc_method(const std::string& name, F function, MethodOptions options = {}) {
    Status status;
    for_each([&](Client& client) { status = client.rpc(name, function, options); });
    return status;
  }

  ClientPoolStats stats() const;

 private:
  class Shared;
  struct OwnThread;

  Answer request(std::string_view method, Value params, const ClientCallOptions& options);
  static boost::asio::awaitable<Answer> async_request(std::shared_ptr<Shared> shared,
                                                      std::string method, Value params,
                                                      ClientCallOptions options);
  std::vector<std::pair<std::string, Answer>> request_all(std::string_view method,
                                                          const Value& params,
                                                          const ClientCallOptions& options);
  ClientStatus send_value(std::string_view type, Value data);
  std::size_t broadcast_value(std::string_view type, const Value& data);
  void for_each(const std::function<void(Client&)>& visit);
  ClientStatus may_wait(std::string_view what) const;

  std::unique_ptr<OwnThread> thread_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace oriel::conduit

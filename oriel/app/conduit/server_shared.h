#pragma once
// The inside of a Server: its doors, its connections and their hooks, and how it begins and ends.
// One strand owns it, but for what says otherwise.

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "oriel/app/conduit/connection.h"
#include "oriel/app/conduit/own_loop.h"
#include "oriel/app/conduit/server.h"
#include "oriel/app/conduit/server_hook.h"
#include "oriel/app/net/lockout.h"
#include "oriel/core/conduit/login.h"
#include "oriel/core/conduit/server_session.h"
#include "oriel/io/net/tcp_listener.h"
#include "oriel/io/net/tls_context.h"
#include "oriel/io/net/tls_stream.h"
#include "oriel/io/net/unix_listener.h"

namespace oriel::conduit {

class Server::Shared final : public std::enable_shared_from_this<Server::Shared>,
                             private ConnectionOwner {
 public:
  using Done = std::function<void(Status)>;

  // `strand` is a strand, or the loop of one thread; `is_inside` says whether the caller is on it.
  // loop: where the strand is, if it is the server's own.
  Shared(Server& server, boost::asio::any_io_executor strand, std::function<bool()> is_inside,
         ServerOptions options, std::shared_ptr<OwnLoop> loop = nullptr);

  // ---- any thread

  ConnectionShared& core() const { return *core_; }
  const ServerOptions& options() const { return options_; }
  ServerState state() const;
  std::optional<Error> failure() const;
  std::string address() const;
  std::uint16_t port() const;
  std::vector<ConnectionPointer> connections() const;
  std::size_t connection_count() const;
  ConnectionPointer find_connection(std::string_view id) const;
  ServerStatistics statistics() const;

  void add_startup(Hook<Server> hook) { add(startup_, std::move(hook)); }
  void add_shutdown(Hook<Server> hook) { add(shutdown_, std::move(hook)); }
  void add_connect(Hook<Connection> hook) { add(connect_, std::move(hook)); }
  void add_disconnect(Hook<Connection> hook) { add(disconnect_, std::move(hook)); }
  void set_topic_policy(std::string_view type, TopicPolicy policy);

  std::size_t broadcast(std::string_view type, const Value& data, const BroadcastOptions& options);
  boost::asio::awaitable<std::size_t> async_broadcast(std::string type, Value data,
                                                      BroadcastOptions options);
  void accept(net::StreamPointer stream, Arrival arrival);

  void stop(std::string reason);
  // Calls `done` on the strand once nothing runs: at once when nothing does.
  void when_closed(std::function<void()> done);
  // Until nothing runs; false after `timeout`.
  bool wait(std::optional<std::chrono::milliseconds> timeout);
  // The server goes: hooks are not called any more, and other threads reach nothing here.
  void detach();

  // ---- the strand

  // Opens the doors, and nobody comes in yet. Also on another thread, while no thread runs the
  // strand.
  Status listen();
  // Calls the startup hooks and lets clients in.
  void open(Done done);
  // Drops everything without a goodbye.
  void abandon();

 private:
  static constexpr std::string_view kUnixPeer = "unix";

  struct Doors {
    std::unique_ptr<net::TcpListener> tcp;
    std::unique_ptr<net::UnixListener> unix_socket;
  };
  struct Client {
    ConnectionPointer connection;
    ServerSession* session = nullptr;  // of the connection
    std::string address;
    bool has_opened = false;
    bool is_surplus = false;                        // beyond the limit, and told so
    std::list<Connection*>::iterator arrival = {};  // until it has opened
  };
  // A broadcast that waits for the slow.
  struct Spreading;
  template <typename Argument>
  using SharedHooks = std::shared_ptr<const Hooks<Argument>>;

  template <typename Argument>
  void add(SharedHooks<Argument>& hooks, Hook<Argument> hook) {
    std::lock_guard lock(mutex_);
    auto more = hooks != nullptr ? *hooks : Hooks<Argument>();
    more.push_back(std::move(hook));
    hooks = std::make_shared<const Hooks<Argument>>(std::move(more));
  }
  template <typename Argument>
  SharedHooks<Argument> get(const SharedHooks<Argument>& hooks) const {
    std::lock_guard lock(mutex_);
    return hooks;
  }

  // ConnectionOwner
  void connection_opened(Connection& connection, const Opened& opened) override;
  void login_refused(Connection& connection, const LoginRefused& refused) override;
  bool may(const Connection& connection, std::string_view role) override;
  void connection_ended(Connection& connection, const Error& reason) override;
  void handlers_rest() override { wake_.cancel(); }

  static std::int64_t unix_ms_now();

  Status open_doors();
  Status open_tcp();
  Status open_unix();
  void fail_start(const Error& error);
  boost::asio::awaitable<void> start_up(Done done);
  void begin_stop(std::string reason);
  boost::asio::awaitable<void> shut_down(std::string reason);
  boost::asio::awaitable<void> wait_for_rest(bool (Shared::*rests)() const);
  bool do_handlers_rest() const { return core_->handlers_running == 0; }
  bool have_all_gone() const { return clients_.empty() && hooks_running_ == 0; }
  void closed();

  void arrived(net::StreamPointer stream);
  boost::asio::awaitable<void> shake_hands(std::unique_ptr<net::TlsStream> stream);
  void make_room_for_arrival();
  void begin(net::StreamPointer stream, Arrival arrival);
  ServerSessionConfig session_config(const net::Stream& stream, const std::string& refusal,
                                     Arrival arrival) const;
  std::string refusal_for(const std::string& peer) const;
  bool is_full() const;
  std::string full_sentence() const;

  void greet(const ConnectionPointer& connection);
  boost::asio::awaitable<void> greet_slowly(ConnectionPointer connection,
                                            SharedHooks<Connection> hooks);
  void say_farewell(const ConnectionPointer& connection);
  boost::asio::awaitable<void> say_farewell_slowly(ConnectionPointer connection,
                                                   SharedHooks<Connection> hooks);
  void log_hook(std::string_view when, const Status& status);

  struct Packet {
    MessageFrame frame;
    TopicId topic = 0;
    TopicPolicy policy = TopicPolicy::kDropOldest;
    std::vector<std::string> exclude;
  };
  std::optional<Packet> make_packet(std::string_view type, const Value& data,
                                    const BroadcastOptions& options);
  std::size_t spread(const Packet& packet);
  bool is_for(const Packet& packet, const Client& client) const;
  Sent offer(const Packet& packet, Connection& connection);
  void spread_to_all(const std::shared_ptr<Spreading>& spreading);
  void offer_again(const std::shared_ptr<Spreading>& spreading, const ConnectionPointer& to);

  // Before all that has its timers there: a coroutine on another executor, in async_stop(), may
  // hold this longer than the server lives.
  std::shared_ptr<OwnLoop> loop_;
  Server& server_;  // not any more once is_detached_
  std::atomic<bool> is_detached_ = false;
  const ServerOptions options_;
  std::shared_ptr<ConnectionShared> core_;
  boost::asio::any_io_executor strand_;
  observe::Logger log_;
  std::atomic<std::size_t> handed_over_ = 0;

  mutable std::mutex mutex_;  // guards the next ones
  std::condition_variable changed_;
  ServerState state_ = ServerState::kCreated;
  std::optional<Error> failure_;
  std::string address_;
  std::uint16_t port_ = 0;
  std::map<std::string, ConnectionPointer, std::less<>> open_;  // by id
  SharedHooks<Server> startup_;
  SharedHooks<Server> shutdown_;
  SharedHooks<Connection> connect_;
  SharedHooks<Connection> disconnect_;
  std::map<std::string, TopicPolicy, std::less<>> policies_;
  ServerStatistics totals_;
  std::optional<TimePoint> running_since_;

  // Of the strand.
  std::optional<LoginBook> book_;
  std::map<std::string, std::vector<std::string>> roles_;  // by identity
  std::unique_ptr<net::TlsServerContext> tls_;
  Doors doors_;
  std::vector<net::StreamPointer> early_;  // who came before the startup hooks were done
  std::list<net::TlsStream*> handshakes_;
  std::unordered_map<Connection*, Client> clients_;
  std::list<Connection*> arrivals_;          // those that have not logged in, the oldest first
  std::unordered_set<Connection*> greeted_;  // their connect hooks are at work
  std::unordered_set<Connection*> gone_while_greeted_;
  std::size_t hooks_running_ = 0;
  net::Lockout own_lockout_;
  net::Lockout& lockout_;                   // that of the options, or our own
  std::optional<std::string> stop_reason_;  // asked for while the server was starting
  boost::asio::steady_timer wake_;          // of what waits in shut_down
  std::vector<std::function<void()>> closed_waiters_;
};

}  // namespace oriel::conduit

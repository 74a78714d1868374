#pragma once
// The inside of a Client: its link, the calls that wait for a connection, and the hooks. Any
// thread, but for what says otherwise.

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "oriel/app/conduit/client.h"
#include "oriel/app/conduit/client_book.h"
#include "oriel/app/conduit/client_link.h"
#include "oriel/app/conduit/hook_lane.h"
#include "oriel/app/conduit/own_loop.h"

namespace oriel::conduit {

class Client::Shared : public std::enable_shared_from_this<Client::Shared>,
                       private ClientLinkObserver {
 public:
  enum class Hooks { kOnWorkers, kOnStrand };

  // executor: a strand, or the loop of one thread; is_inside: whether the caller is on it. loop:
  // where the executor is, if it is the client's own.
  Shared(boost::asio::any_io_executor executor, std::function<bool()> is_inside,
         ClientOptions options, Hooks hooks, std::shared_ptr<OwnLoop> loop = nullptr);
  ~Shared();

  const ClientOptions& options() const { return options_; }
  ClientBook& book() { return book_; }
  ConnectionShared& common() { return *common_; }
  HookLane& hooks() { return hooks_; }
  bool is_inside() const { return common_->is_on_strand(); }

  // `done` is told once, on the strand or here.
  void connect(ClientLink::Done done);
  void disconnect(std::function<void()> done);
  void start_request(std::string method, Value params, ClientCallOptions options,
                     std::function<void(Answer)> done);
  void start_send(std::string type, Value data, std::stop_token stop,
                  std::function<void(ClientStatus)> done);
  // On the strand: takes it or refuses it at once.
  ClientStatus send_now(std::string_view type, const Value& data);
  // What a connection says of a message.
  static ClientStatus taken(const Status& sent);

  // They keep the inside alive from the start.
  static boost::asio::awaitable<ClientStatus> async_connect(std::shared_ptr<Shared> self,
                                                            ClientStatus may_connect);
  static boost::asio::awaitable<void> async_disconnect(std::shared_ptr<Shared> self);
  static boost::asio::awaitable<Answer> async_request(std::shared_ptr<Shared> self,
                                                      std::string method, Value params,
                                                      ClientCallOptions options);
  static boost::asio::awaitable<ClientStatus> async_send(std::shared_ptr<Shared> self,
                                                         std::string type, Value data);

  // Whether it connects, is connected, or waits to connect again.
  bool is_working() const;
  // Until it does not; false after `timeout`, if there is one.
  bool wait_for_end(std::optional<std::chrono::milliseconds> timeout);
  // Until calls can be made. False after `timeout`, and when it does not try any more.
  bool wait_connected(std::chrono::milliseconds timeout);

  void add_connect(std::function<void()> hook);
  void add_reconnect(std::function<void()> hook);
  void add_disconnect(std::function<void(const ClientError&)> hook);
  void add_state_change(std::function<void(ClientState, ClientState)> hook);

  // The client goes: calls no hooks any more and begins no handlers.
  void detach();

 private:
  // A call that was made while there is no connection, and waits for one.
  struct WaitingCall {
    std::string method;
    Value params;
    std::stop_token stop;
    std::optional<TimePoint> deadline;
    std::function<void(Answer)> done;
    std::unique_ptr<std::stop_callback<std::function<void()>>> on_stop;
  };
  struct WaitingSend;

  void link_changed(ClientState before, ClientState now) override;
  void link_opened(bool is_again) override;
  void link_lost(const ClientError& reason) override;
  void link_ended() override;

  template <typename T>
  T copy_of(const T& guarded) const {
    std::lock_guard lock(mutex_);
    return guarded;
  }
  void request(std::string method, Value params, const ClientCallOptions& options,
               std::function<void(Answer)> done);
  void wait_with(std::string method, Value params, const ClientCallOptions& options,
                 std::function<void(Answer)> done);
  void end_waiting(std::uint64_t id, CallError error);
  void end_all_waiting();
  void arm_waiting_timer();
  void waiting_timer_fired();
  CallError no_connection() const;
  void send(std::string type, Value data, const std::stop_token& stop,
            std::function<void(ClientStatus)> done);
  void begin_wait(const std::shared_ptr<WaitingSend>& waiting, const std::stop_token& stop);
  ClientError not_connected() const;

  // Before all that has its timers there: a coroutine on another executor, in async_connect(), may
  // hold this longer than the client lives.
  std::shared_ptr<OwnLoop> loop_;
  boost::asio::any_io_executor executor_;
  ClientOptions options_;  // never changed
  std::shared_ptr<ConnectionShared> common_;
  ClientBook book_;
  HookLane hooks_;

  mutable std::mutex mutex_;  // guards the next ones
  std::condition_variable changed_;
  bool is_working_ = false;
  bool is_detached_ = false;
  std::vector<std::function<void()>> on_connect_;
  std::vector<std::function<void()>> on_reconnect_;
  std::vector<std::function<void(const ClientError&)>> on_disconnect_;
  std::vector<std::function<void(ClientState, ClientState)>> on_state_change_;

  // Of the strand.
  ClientLink link_;
  std::map<std::uint64_t, WaitingCall> waiting_;  // in the order of their coming
  std::uint64_t last_waiting_ = 0;
  boost::asio::steady_timer waiting_timer_;
  std::size_t waiting_sends_ = 0;  // that the connection knows of
};

}  // namespace oriel::conduit

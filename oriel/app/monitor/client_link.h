#pragma once
// The work behind a Client: connects, talks, waits and connects again, as the options say. One
// strand owns it and calls all its functions; it tells an observer on that strand.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "oriel/app/monitor/client_book.h"
#include "oriel/app/monitor/client_options.h"
#include "oriel/app/net/connector.h"
#include "oriel/core/monitor/client_session.h"
#include "oriel/io/net/session_driver.h"
#include "oriel/io/net/wake_event.h"

namespace oriel::monitor {

// What a link tells. May call the link's functions.
class ClientLinkObserver {
 public:
  virtual ~ClientLinkObserver() = default;

  virtual void link_changed(ClientState before, ClientState now) = 0;
  virtual void link_connected() = 0;
  virtual void link_disconnected() = 0;
  virtual void link_received(SharedMessage message) = 0;
  virtual void link_failed(const ClientError& error) = 0;
  // It does nothing any more until it is started again.
  virtual void link_ended() = 0;
};

class ClientLink final : private net::SessionHost {
 public:
  using Sent = std::function<void(Status)>;

  // `observer` and `book` outlive the link.
  ClientLink(boost::asio::any_io_executor executor, const ClientOptions& options, ClientBook& book,
             ClientLinkObserver& observer);
  ~ClientLink() override;

  // Begins; while it is ending, when it has. `keeper` keeps the link alive as long as it works.
  void start(std::shared_ptr<void> keeper);
  void stop();
  // As start() when it does nothing; else connects anew at once.
  void reconnect(std::shared_ptr<void> keeper);
  // Tells `sent` once what became of it.
  void send(const Value& message, Sent sent);
  void subscribe(const Subscribe& request);
  bool is_working() const { return is_working_; }

 private:
  enum class Next { kTryAgain, kTryAtOnce, kEnd };

  boost::asio::awaitable<void> work(std::shared_ptr<void> keeper);
  boost::asio::awaitable<Next> work_once();
  boost::asio::awaitable<Error> talk(net::StreamPointer stream);
  boost::asio::awaitable<void> pause();
  Next after_failure(ClientError error, bool is_final);

  void session_progressed() override;
  void session_writable() override;
  void session_ended(const Error& reason) override;

  void take_events();
  void take(ClientSessionEvent& event);
  void finish_send(std::uint64_t ticket, Status status);
  void set_state(ClientState state);
  void report(ClientError error);
  net::ConnectOptions connect_options() const;

  boost::asio::any_io_executor executor_;
  ClientOptions options_;
  std::string shown_uri_;
  ClientBook& book_;
  ClientLinkObserver& observer_;
  net::Connector connector_;
  boost::asio::steady_timer pause_;
  std::minstd_rand chance_;

  bool is_working_ = false;
  bool is_stopping_ = false;
  bool is_restart_wanted_ = false;
  bool is_try_wanted_ = false;       // by reconnect()
  bool has_been_connected_ = false;  // since start
  unsigned failures_ = 0;            // in a row

  // Of the present connection.
  std::optional<ClientSession> session_;
  std::shared_ptr<net::SessionDriver> driver_;
  ClientSessionCounts counted_;
  std::optional<Error> end_;
  net::WakeEvent ended_;
  std::map<std::uint64_t, Sent> sends_;
};

}  // namespace oriel::monitor

#pragma once
// The work behind a Client: connects, logs in, stays, and connects again, as the options say. One
// strand owns it and calls all its functions; it tells an observer on that strand.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "oriel/app/conduit/client_book.h"
#include "oriel/app/conduit/client_options.h"
#include "oriel/app/conduit/connection.h"
#include "oriel/app/net/stream_connector.h"
#include "oriel/core/conduit/client_session.h"
#include "oriel/io/net/wake_event.h"

namespace oriel::conduit {

// What a link tells. May call the link's functions.
class ClientLinkObserver {
 public:
  virtual ~ClientLinkObserver() = default;

  virtual void link_changed(ClientState before, ClientState now) = 0;
  // Logged in; before anything that comes on the connection is handled.
  virtual void link_opened(bool is_again) = 0;
  // A connection that was open has ended.
  virtual void link_lost(const ClientError& reason) = 0;
  // It does nothing any more until connect().
  virtual void link_ended() = 0;
};

class ClientLink final : private ConnectionOwner {
 public:
  using Done = std::function<void(ClientStatus)>;

  // `options`, `book` and `observer` outlive the link. shared: its owner becomes the link.
  ClientLink(std::shared_ptr<ConnectionShared> shared, const ClientOptions& options,
             ClientBook& book, ClientLinkObserver& observer);
  ~ClientLink() override;

  // `done` is told once: connected, or why not. kAlreadyConnected when it works already, but while
  // it ends it begins again afterwards. `keeper` keeps the link alive as long as it works.
  void connect(std::shared_ptr<void> keeper, Done done);
  // Says goodbye, after what is queued. `done` is told when it has ended.
  void disconnect(std::function<void()> done);

  bool is_working() const { return is_working_; }
  bool is_stopping() const { return is_stopping_; }
  // Null, or the one on which calls can be made.
  ConnectionPointer connection() const {
    return is_open_ && connection_->is_connected() ? connection_ : nullptr;
  }

 private:
  struct Attempt {
    ClientStatus status;
    bool may_try_hash = false;
    bool is_hopeless = false;  // trying again cannot help
  };

  boost::asio::awaitable<void> work(std::shared_ptr<void> keeper);
  boost::asio::awaitable<ClientStatus> stay();
  boost::asio::awaitable<Attempt> open();
  boost::asio::awaitable<Attempt> open_by(LoginMethod method);
  boost::asio::awaitable<Attempt> log_in(net::StreamPointer stream, LoginMethod method,
                                         TimePoint until);
  boost::asio::awaitable<void> pause();
  bool goes_on(ClientError& error, bool is_hopeless);

  // ConnectionOwner
  void connection_opened(Connection& connection, const Opened& opened) override;
  void connection_paused(Connection& connection, bool is_paused) override;
  void login_refused(Connection& connection, const LoginRefused& refused) override;
  bool may(const Connection&, std::string_view) override { return true; }
  void connection_ended(Connection& connection, const Error& reason) override;

  // Of a server that hangs up on what it hears.
  ClientStatus not_understood(std::string_view guess) const;
  bool is_tls() const;
  std::string where_not_sent() const;
  Attempt refused_attempt(LoginMethod method);
  std::unique_ptr<ClientSession> make_session(LoginMethod method, TimePoint until);
  net::StreamConnectOptions connect_options(TimePoint until) const;
  void set_state(ClientState state);
  void begin_end();
  void tell_connected(const ClientStatus& status);

  boost::asio::any_io_executor executor_;
  std::shared_ptr<ConnectionShared> shared_;
  const ClientOptions& options_;
  ClientBook& book_;
  ClientLinkObserver& observer_;
  net::StreamTarget target_;
  std::string password_;
  net::StreamConnector connector_;
  boost::asio::steady_timer pause_;
  net::WakeEvent changed_;
  std::minstd_rand chance_;

  bool is_working_ = false;
  bool is_stopping_ = false;
  bool is_restart_wanted_ = false;
  bool has_been_open_ = false;  // since connect()
  unsigned attempts_ = 0;       // to reconnect, in a row
  std::vector<Done> connect_dones_;
  std::vector<std::function<void()>> end_dones_;

  // What the server took, for the next time.
  bool takes_hash_only_ = false;
  crypto::ScramClient::Salted salted_;

  // Of the present connection.
  ConnectionPointer connection_;
  ClientSession* session_ = nullptr;  // the connection's
  bool is_open_ = false;
  bool was_open_ = false;  // also when it has ended again
  TimePoint opened_at_{};
  bool is_private_ = false;
  std::optional<LoginRefused> refused_;
  std::optional<Error> end_;
};

}  // namespace oriel::conduit

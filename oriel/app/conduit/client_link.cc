#include "oriel/app/conduit/client_link.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "oriel/app/conduit/random_text.h"
#include "oriel/app/net/reconnect_delay.h"
#include "oriel/io/net/no_throw.h"

namespace oriel::conduit {
namespace {

using boost::asio::awaitable;
using std::chrono::milliseconds;

ClientErrorKind kind_of(net::ConnectFailure failure) {
  switch (failure) {
    case net::ConnectFailure::kOptions:
      return ClientErrorKind::kOptions;
    case net::ConnectFailure::kTimeout:
      return ClientErrorKind::kTimeout;
    case net::ConnectFailure::kRefused:
    case net::ConnectFailure::kProtocol:
      return ClientErrorKind::kProtocol;
    case net::ConnectFailure::kDenied:
      return ClientErrorKind::kAuthentication;
    case net::ConnectFailure::kCertificate:
    case net::ConnectFailure::kUnreachable:
      return ClientErrorKind::kConnection;
    case net::ConnectFailure::kCancelled:
      return ClientErrorKind::kCancelled;
  }
  return ClientErrorKind::kConnection;
}

ClientErrorKind kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
    case ErrorCode::kTooLarge:
    case ErrorCode::kUnsupported:
      return ClientErrorKind::kProtocol;
    case ErrorCode::kRefused:
      return ClientErrorKind::kAuthentication;
    case ErrorCode::kTimeout:
      return ClientErrorKind::kTimeout;
    case ErrorCode::kClosed:
    case ErrorCode::kUnavailable:
      return ClientErrorKind::kConnection;
  }
  return ClientErrorKind::kConnection;
}

milliseconds left_until(TimePoint until) {
  return std::max(milliseconds(1), std::chrono::ceil<milliseconds>(until - Clock::now()));
}

SessionStart session_start() {
  const auto unix = std::chrono::system_clock::now().time_since_epoch();
  return {.now = Clock::now(), .unix_ms = std::chrono::duration_cast<milliseconds>(unix).count()};
}

ClientStatus cancelled() {
  return client_failure(ClientErrorKind::kCancelled, "disconnect() was called meanwhile");
}

}  // namespace

ClientLink::ClientLink(std::shared_ptr<ConnectionShared> shared, const ClientOptions& options,
                       ClientBook& book, ClientLinkObserver& observer)
    : executor_(shared->executor),
      shared_(std::move(shared)),
      options_(options),
      book_(book),
      observer_(observer),
      connector_(executor_),
      pause_(executor_),
      changed_(executor_),
      chance_(std::random_device()()) {
  shared_->owner = this;
  if (auto target = target_of(options_)) target_ = std::move(*target);
  password_ = options_.password.empty() ? target_.password : options_.password;
}

ClientLink::~ClientLink() { shared_->owner = nullptr; }

void ClientLink::connect(std::shared_ptr<void> keeper, Done done) {
  if (auto status = check(options_); !status) return done(status);
  if (is_working_ && !is_stopping_)
    return done(client_failure(
        ClientErrorKind::kAlreadyConnected,
        is_open_ ? "the client is connected already" : "the client is connecting already"));
  connect_dones_.push_back(std::move(done));
  if (is_working_) {
    is_restart_wanted_ = true;
    return;
  }
  is_working_ = true;
  boost::asio::co_spawn(executor_, work(std::move(keeper)), boost::asio::detached);
}

void ClientLink::disconnect(std::function<void()> done) {
  is_restart_wanted_ = false;
  if (!is_working_) {
    if (book_.state() == ClientState::kFailed) set_state(ClientState::kDisconnected);
    return done();
  }
  end_dones_.push_back(std::move(done));
  const bool has_begun = std::exchange(is_stopping_, true);
  tell_connected(cancelled());
  if (!has_begun) begin_end();
}

void ClientLink::begin_end() {
  if (can_change(book_.state(), ClientState::kClosing)) set_state(ClientState::kClosing);
  connector_.cancel();
  pause_.cancel();
  changed_.notify();
  if (connection_) connection_->close("the client disconnects");
}

awaitable<void> ClientLink::work(std::shared_ptr<void> keeper) {
  do {
    is_stopping_ = is_restart_wanted_ = has_been_open_ = false;
    attempts_ = 0;
    book_.set_failure(std::nullopt);
    book_.set_attempts(0, false);
    auto status = co_await stay();
    if (is_stopping_) status = cancelled();
    book_.set_failure(is_stopping_ || status ? std::nullopt : std::optional(status.error()));
    if (book_.state() == ClientState::kClosing) set_state(ClientState::kClosed);
    if (is_stopping_ && book_.state() != ClientState::kDisconnected)
      set_state(ClientState::kDisconnected);
    book_.set_attempts(is_stopping_ ? 0 : attempts_, false);
    // A connect() that came after disconnect() waits for the next turn.
    if (!is_restart_wanted_) tell_connected(status);
    for (auto& done : std::exchange(end_dones_, {})) done();
  } while (is_restart_wanted_);
  is_working_ = is_stopping_ = false;
  observer_.link_ended();
  keeper.reset();
}

// Until it is not worth trying any more, or disconnect().
awaitable<ClientStatus> ClientLink::stay() {
  while (!is_stopping_) {
    auto attempt = co_await open();
    if (is_stopping_) break;
    bool is_hopeless = attempt.is_hopeless;
    auto status = std::move(attempt.status);
    if (status) {
      while (!end_) co_await changed_.wait();
      if (is_stopping_) break;
      if (Clock::now() - opened_at_ >= options_.reconnect_delay) attempts_ = 0;
      status = client_failure(kind_of(end_->code),
                              fmt::format("{}: {}", target_.shown(), end_->message));
      connection_.reset();
    } else {
      book_.count_failed_attempt();
      if (book_.state() != ClientState::kFailed) set_state(ClientState::kFailed);
    }
    if (!goes_on(status.error(), is_hopeless)) co_return status;
    book_.set_failure(status.error());
    ++attempts_;
    book_.set_attempts(attempts_, true);
    co_await pause();
  }
  // It may have been opened just before.
  while (connection_ && !end_) co_await changed_.wait();
  connection_.reset();
  co_return cancelled();
}

// Whether there is another attempt; says in the error why not.
bool ClientLink::goes_on(ClientError& error, bool is_hopeless) {
  if (is_hopeless || !options_.reconnect_enabled) return false;
  if (!has_been_open_ && !options_.retry_first_connect) return false;
  if (options_.reconnect_attempts == 0 || attempts_ < options_.reconnect_attempts) return true;
  error.message += fmt::format(" (given up after {} attempt{} to connect again)", attempts_,
                               attempts_ == 1 ? "" : "s");
  return false;
}

awaitable<void> ClientLink::pause() {
  const double chance = std::uniform_real_distribution<>(0, 1)(chance_);
  const auto delay = net::reconnect_delay(
      {options_.reconnect_delay, options_.reconnect_delay_max, options_.reconnect_delay_multiplier},
      attempts_, chance);
  shared_->log.info(
      "connecting again",
      {{"server", target_.shown()}, {"attempt", attempts_}, {"in_ms", delay.count()}});
  if (is_stopping_) co_return;
  pause_.expires_after(delay);
  co_await pause_.async_wait(net::kNoThrow);
}

// One attempt: by SCRAM, and by the bare hash where that is what the server knows.
awaitable<ClientLink::Attempt> ClientLink::open() {
  const bool begins_with_hash = options_.login == Login::kPasswordHash || takes_hash_only_;
  auto attempt = co_await open_by(begins_with_hash ? LoginMethod::kBareHash : LoginMethod::kScram);
  if (attempt.may_try_hash && !is_stopping_) {
    attempt = co_await open_by(LoginMethod::kBareHash);
    takes_hash_only_ = attempt.status.has_value();
  }
  co_return attempt;
}

awaitable<ClientLink::Attempt> ClientLink::open_by(LoginMethod method) {
  const auto until = Clock::now() + options_.connect_timeout;
  set_state(ClientState::kConnecting);
  auto options = connect_options(until);
  auto stream = co_await connector_.connect(target_, std::move(options));
  if (is_stopping_) {
    if (stream) (*stream)->close();
    co_return Attempt{cancelled()};
  }
  if (!stream) {
    const auto& error = stream.error();
    const bool is_final = error.failure == net::ConnectFailure::kOptions ||
                          error.failure == net::ConnectFailure::kDenied ||
                          (error.failure == net::ConnectFailure::kCertificate && !has_been_open_);
    if (error.ended_in_handshake && target_.carrier == net::StreamCarrier::kTls)
      co_return Attempt{not_understood("perhaps it speaks no TLS and wants tcp://")};
    co_return Attempt{.status = client_failure(kind_of(error.failure), error.message),
                      .is_hopeless = is_final};
  }
  is_private_ = (*stream)->is_private();
  if (is_tls() && !options_.tls.verify)
    shared_->log.warning(
        "the server's certificate is not checked: whoever is on the way can read and change "
        "everything",
        {{"server", target_.shown()}});
  if (method == LoginMethod::kBareHash && !is_private_ && !options_.allow_bare_hash) {
    (*stream)->close();
    co_return Attempt{
        .status = client_failure(ClientErrorKind::kAuthentication,
                                 fmt::format("{}: the bare hash of the password is not sent {}",
                                             target_.shown(), where_not_sent())),
        .is_hopeless = true};
  }
  auto logged_in = co_await log_in(std::move(*stream), method, until);
  co_return logged_in;
}

awaitable<ClientLink::Attempt> ClientLink::log_in(net::StreamPointer stream, LoginMethod method,
                                                  TimePoint until) {
  refused_.reset();
  end_.reset();
  is_open_ = was_open_ = false;
  set_state(ClientState::kAuthenticating);
  auto session = make_session(method, until);
  session_ = session.get();
  net::SessionDriverLimits limits;
  limits.read_buffer_bytes = options_.buffer_size;
  limits.read_buffer_max_bytes =
      std::max(limits.read_buffer_max_bytes, options_.max_message_size + options_.buffer_size);
  limits.flush_timeout = options_.stop_timeout / 2;
  connection_ = std::make_shared<Connection>(shared_, random_uuid(), std::move(stream),
                                             std::move(session), limits);
  connection_->start();
  while (!was_open_ && !end_) co_await changed_.wait();
  if (was_open_) co_return Attempt{};
  const bool heard_nothing = connection_->stats().bytes_in == 0;
  connection_.reset();
  if (is_stopping_) co_return Attempt{cancelled()};
  if (refused_) co_return refused_attempt(method);
  const auto kind = kind_of(end_->code);
  // A conduit says something before it closes.
  if (heard_nothing && kind == ClientErrorKind::kConnection &&
      target_.carrier == net::StreamCarrier::kTcp)
    co_return Attempt{not_understood("perhaps it wants tls://")};
  co_return Attempt{
      .status = client_failure(kind, fmt::format("{}: {}", target_.shown(), end_->message)),
      .is_hopeless = kind == ClientErrorKind::kAuthentication};
}

ClientStatus ClientLink::not_understood(std::string_view guess) const {
  return client_failure(ClientErrorKind::kProtocol,
                        fmt::format("{}: the server closed the connection without a word; {}",
                                    target_.shown(), guess));
}

bool ClientLink::is_tls() const {
  return target_.carrier == net::StreamCarrier::kTls ||
         target_.carrier == net::StreamCarrier::kSecureWebSocket;
}

// The bare hash, and what to do about it.
std::string ClientLink::where_not_sent() const {
  const auto& advice = options_.login_advice;
  return is_tls() ? "to a server whose certificate is not checked: " + advice.when_unverified
                  : "where others may hear it and log in with it: " + advice.when_heard;
}

ClientLink::Attempt ClientLink::refused_attempt(LoginMethod method) {
  const auto server = target_.shown();
  const auto failed = [](std::string message) {
    return Attempt{.status = client_failure(ClientErrorKind::kAuthentication, std::move(message)),
                   .is_hopeless = true};
  };
  if (method == LoginMethod::kBareHash || !refused_->may_try_hash)
    return failed(fmt::format("{} refuses the log-in: {}", server, refused_->reason));
  if (options_.login == Login::kScram)
    return failed(
        fmt::format("{} refuses the log-in: {}; if it is a real netconduit server, it "
                    "takes the bare hash of the password only, and {}",
                    server, refused_->reason, options_.login_advice.when_scram_only));
  if (is_private_ || options_.allow_bare_hash) {
    auto attempt = failed({});
    attempt.may_try_hash = true;
    return attempt;
  }
  return failed(fmt::format(
      "{} refuses the log-in by SCRAM-SHA-256: {}; if it is a real netconduit server, it takes the "
      "bare hash of the password only, which is not sent {}",
      server, refused_->reason, where_not_sent()));
}

std::unique_ptr<ClientSession> ClientLink::make_session(LoginMethod method, TimePoint until) {
  SessionLimits limits;
  limits.message_bytes = options_.max_message_size;
  limits.receive_queue = options_.receive_queue_size;
  limits.send_queue = options_.send_queue_size;
  limits.auth_timeout = left_until(until);
  limits.heartbeat_interval = options_.heartbeat_interval;
  limits.heartbeat_timeout = options_.heartbeat_timeout;
  ClientSessionConfig config{
      .program = {.name = options_.name, .version = options_.version, .is_oriel = true},
      .limits = limits,
      .method = method,
      .password = password_,
      .nonce = random_hex(16),
      .salted = salted_};
  return std::make_unique<ClientSession>(std::move(config), session_start());
}

net::StreamConnectOptions ClientLink::connect_options(TimePoint until) const {
  net::StreamConnectOptions connect;
  connect.tls = {.ca_file = options_.tls.ca_file,
                 .verify = options_.tls.verify,
                 .certificate_file = options_.tls.certificate_file,
                 .key_file = options_.tls.key_file};
  if (options_.use_ipv6) connect.family = net::AddressFamily::kIpv6;
  connect.timeout = left_until(until);
  connect.ping_interval = milliseconds(0);  // the conduit has its own heartbeats
  return connect;
}

// ---- the connection tells

void ClientLink::connection_opened(Connection& connection, const Opened& opened) {
  if (&connection != connection_.get() || is_stopping_) return;
  is_open_ = was_open_ = true;
  opened_at_ = Clock::now();
  shared_->numbers = opened.peer.error_numbers.value_or(options_.error_numbers);
  if (auto salted = session_->salted(); !salted.salt.empty()) salted_ = std::move(salted);
  book_.opened(connection_, opened);
  set_state(ClientState::kConnected);
  set_state(ClientState::kActive);
  observer_.link_opened(std::exchange(has_been_open_, true));
  // Now: a hook may disconnect at once, and it was connected nevertheless.
  tell_connected({});
  changed_.notify();
}

void ClientLink::connection_paused(Connection& connection, bool is_paused) {
  if (&connection != connection_.get() || !is_open_ || is_stopping_) return;
  set_state(is_paused ? ClientState::kPaused : ClientState::kActive);
}

void ClientLink::login_refused(Connection& connection, const LoginRefused& refused) {
  if (&connection == connection_.get()) refused_ = refused;
}

void ClientLink::connection_ended(Connection& connection, const Error& reason) {
  if (&connection != connection_.get()) return;
  end_ = reason;
  session_ = nullptr;
  changed_.notify();
  if (!std::exchange(is_open_, false)) return;
  book_.ended(connection.stats(), reason.code == ErrorCode::kTimeout);
  if (!is_stopping_) set_state(ClientState::kDisconnected);
  observer_.link_lost({kind_of(reason.code), reason.message});
}

void ClientLink::set_state(ClientState state) {
  const auto before = book_.set_state(state);
  if (before != state) observer_.link_changed(before, state);
}

void ClientLink::tell_connected(const ClientStatus& status) {
  for (auto& done : std::exchange(connect_dones_, {})) done(status);
}

}  // namespace oriel::conduit

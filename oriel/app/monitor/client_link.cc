#include "oriel/app/monitor/client_link.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "oriel/app/monitor/client_limits.h"
#include "oriel/app/net/reconnect_delay.h"
#include "oriel/core/monitor/limits.h"
#include "oriel/io/net/no_throw.h"

namespace oriel::monitor {
namespace {

using boost::asio::awaitable;

ClientError make_error(ClientErrorKind kind, std::string message) {
  return {kind, std::move(message), std::chrono::system_clock::now()};
}

ClientErrorKind kind_of(net::ConnectFailure failure) {
  switch (failure) {
    case net::ConnectFailure::kOptions:
      return ClientErrorKind::kOptions;
    case net::ConnectFailure::kTimeout:
      return ClientErrorKind::kTimeout;
    case net::ConnectFailure::kCertificate:
      return ClientErrorKind::kCertificate;
    case net::ConnectFailure::kDenied:
      return ClientErrorKind::kDenied;
    case net::ConnectFailure::kRefused:
      return ClientErrorKind::kRefused;
    case net::ConnectFailure::kProtocol:
      return ClientErrorKind::kProtocol;
    case net::ConnectFailure::kUnreachable:
    case net::ConnectFailure::kCancelled:
      return ClientErrorKind::kCannotConnect;
  }
  return ClientErrorKind::kCannotConnect;
}

ClientError lost(const Error& reason, const std::string& uri) {
  auto kind = ClientErrorKind::kProtocol;
  if (reason.code == ErrorCode::kTimeout) kind = ClientErrorKind::kTimeout;
  if (reason.code == ErrorCode::kClosed || reason.code == ErrorCode::kUnavailable)
    kind = ClientErrorKind::kLost;
  return make_error(kind, fmt::format("{}: {}", uri, reason.message));
}

// What a wrong password or certificate cannot become by trying: asking again and again would only
// lock the client out. A server that was there may come back with another certificate.
bool is_hopeless(net::ConnectFailure failure, bool has_been_connected) {
  if (failure == net::ConnectFailure::kOptions) return true;
  return !has_been_connected &&
         (failure == net::ConnectFailure::kDenied || failure == net::ConnectFailure::kCertificate);
}

std::unexpected<Error> not_connected() {
  return fail(ErrorCode::kClosed, "not connected to the server; nothing was sent");
}

std::string shown(const std::string& text) {
  const auto uri = net::parse_websocket_uri(text);
  return uri ? uri->shown() : std::string("the server");
}

}  // namespace

ClientLink::ClientLink(boost::asio::any_io_executor executor, const ClientOptions& options,
                       ClientBook& book, ClientLinkObserver& observer)
    : executor_(executor),
      options_(options),
      shown_uri_(shown(options.uri)),
      book_(book),
      observer_(observer),
      connector_(executor),
      pause_(executor),
      chance_(std::random_device()()),
      ended_(executor) {}

ClientLink::~ClientLink() = default;

void ClientLink::start(std::shared_ptr<void> keeper) {
  if (is_working_) {
    is_restart_wanted_ = is_stopping_;
    return;
  }
  is_working_ = true;
  boost::asio::co_spawn(executor_, work(std::move(keeper)), boost::asio::detached);
}

void ClientLink::stop() {
  is_restart_wanted_ = false;
  if (!is_working_ || std::exchange(is_stopping_, true)) {
    if (!is_working_) set_state(ClientState::kDisconnected);
    return;
  }
  connector_.cancel();
  pause_.cancel();
  if (driver_) driver_->close_after_flush({ErrorCode::kClosed, "the client ends"});
}

void ClientLink::reconnect(std::shared_ptr<void> keeper) {
  if (!is_working_ || is_stopping_) return start(std::move(keeper));
  failures_ = 0;
  if (driver_) {
    is_try_wanted_ = true;
    driver_->close_after_flush({ErrorCode::kClosed, "the client connects anew"});
  } else if (book_.state() == ClientState::kReconnecting) {
    is_try_wanted_ = true;
    pause_.cancel();
  }
}

awaitable<void> ClientLink::work(std::shared_ptr<void> keeper) {
  do {
    is_stopping_ = is_restart_wanted_ = is_try_wanted_ = has_been_connected_ = false;
    failures_ = 0;
    set_state(ClientState::kConnecting);
    for (auto next = Next::kTryAtOnce; next != Next::kEnd && !is_stopping_;) {
      next = co_await work_once();
      if (next != Next::kEnd && !is_stopping_) {
        set_state(ClientState::kReconnecting);
        if (next == Next::kTryAgain) co_await pause();
        if (!is_stopping_) book_.count_attempt();
      }
    }
    if (is_stopping_) set_state(ClientState::kDisconnected);
  } while (is_restart_wanted_);
  is_working_ = is_stopping_ = false;
  observer_.link_ended();
  keeper.reset();
}

// Connects once, and talks as long as that lasts.
awaitable<ClientLink::Next> ClientLink::work_once() {
  is_try_wanted_ = false;
  auto options = connect_options();
  auto stream = co_await connector_.connect(std::move(options));
  if (is_stopping_) {
    if (stream) (*stream)->close();
    co_return Next::kEnd;
  }
  if (!stream) {
    const auto& error = stream.error();
    co_return after_failure(make_error(kind_of(error.failure), error.message),
                            is_hopeless(error.failure, has_been_connected_));
  }
  const auto begin = Clock::now();
  const auto reason = co_await talk(std::move(*stream));
  if (is_stopping_) co_return Next::kEnd;
  if (std::exchange(is_try_wanted_, false)) co_return Next::kTryAtOnce;
  if (Clock::now() - begin >= options_.reconnect_interval) failures_ = 0;
  co_return after_failure(lost(reason, shown_uri_), false);
}

ClientLink::Next ClientLink::after_failure(ClientError error, bool is_final) {
  ++failures_;
  const bool is_used_up =
      options_.max_reconnect_attempts && failures_ > *options_.max_reconnect_attempts;
  if (!is_final && options_.reconnect && !is_used_up) {
    report(std::move(error));
    return is_stopping_ ? Next::kEnd : Next::kTryAgain;
  }
  if (is_used_up && options_.reconnect && *options_.max_reconnect_attempts > 0)
    error.message +=
        fmt::format(" (given up after {} attempt{} to reconnect)", *options_.max_reconnect_attempts,
                    *options_.max_reconnect_attempts == 1 ? "" : "s");
  book_.set_failure(error);
  const auto before = book_.set_state(ClientState::kError);
  report(std::move(error));
  observer_.link_changed(before, ClientState::kError);
  return Next::kEnd;
}

awaitable<void> ClientLink::pause() {
  const double chance = std::uniform_real_distribution<>(0, 1)(chance_);
  if (is_try_wanted_) co_return;
  pause_.expires_after(net::reconnect_delay(
      {options_.reconnect_interval, options_.reconnect_interval_max}, failures_, chance));
  co_await pause_.async_wait(net::kNoThrow);
}

awaitable<Error> ClientLink::talk(net::StreamPointer stream) {
  session_.emplace(
      ClientSessionConfig{options_.subscribe, options_.send_timeout, options_.operation_timeout},
      Clock::now());
  counted_ = {};
  end_.reset();
  net::SessionDriverLimits limits;
  limits.read_buffer_max_bytes = kServerMessageBytesMax + limits.read_buffer_bytes;
  limits.flush_timeout = limits.drain_timeout = kGoodbyeTimeout;
  net::SessionHost& host = *this;
  driver_ =
      std::make_shared<net::SessionDriver>(executor_, std::move(stream), *session_, host, limits);
  driver_->start();
  has_been_connected_ = true;
  set_state(ClientState::kConnected);
  observer_.link_connected();
  if (!options_.verify && shown_uri_.starts_with("wss:"))
    report(make_error(ClientErrorKind::kCertificate,
                      "the server's certificate is not checked (verify=false): whoever is on the "
                      "way can read and change everything"));
  while (!end_) co_await ended_.wait();
  driver_.reset();
  take_events();
  session_.reset();
  for (auto& [ticket, sent] : std::exchange(sends_, {})) sent(not_connected());
  book_.count_disconnection();
  observer_.link_disconnected();
  co_return *end_;
}

void ClientLink::send(const Value& message, Sent sent) {
  if (!driver_ || end_) return sent(not_connected());
  const auto ticket = session_->send(message, Clock::now());
  if (!ticket) return sent(std::unexpected(ticket.error()));
  sends_.emplace(*ticket, std::move(sent));
  driver_->kick();
}

void ClientLink::subscribe(const Subscribe& request) {
  options_.subscribe = request;
  if (!driver_ || end_) return;
  if (auto status = session_->subscribe(request, Clock::now()); !status)
    report(make_error(ClientErrorKind::kProtocol, status.error().message));
  driver_->kick();
}

void ClientLink::session_progressed() { take_events(); }

void ClientLink::session_writable() { take_events(); }

void ClientLink::session_ended(const Error& reason) {
  end_ = reason;
  ended_.notify();
}

void ClientLink::take_events() {
  auto events = session_->take_events();
  const auto counts = session_->counts();
  book_.add_counts(std::exchange(counted_, counts), counts);
  for (auto& event : events) take(event);
}

void ClientLink::take(ClientSessionEvent& event) {
  if (auto* received = std::get_if<MessageReceived>(&event)) {
    auto message = std::make_shared<const ServerMessage>(std::move(received->message));
    if (is_stopping_) return;
    observer_.link_received(message);
    if (message->kind == ServerMessageKind::kError)
      report(make_error(ClientErrorKind::kServer,
                        fmt::format("the server says: {}", message->text())));
  } else if (const auto* refused = std::get_if<LineRefused>(&event)) {
    report(make_error(ClientErrorKind::kProtocol, refused->error.message));
  } else if (const auto* done = std::get_if<MessageSent>(&event)) {
    finish_send(done->ticket, {});
  } else if (const auto* late = std::get_if<SendTimedOut>(&event)) {
    finish_send(late->ticket,
                fail(ErrorCode::kTimeout, fmt::format("the server has not taken a message in {} ms",
                                                      options_.send_timeout.count())));
  }
}

void ClientLink::finish_send(std::uint64_t ticket, Status status) {
  const auto found = sends_.extract(ticket);
  if (found) found.mapped()(std::move(status));
}

void ClientLink::set_state(ClientState state) {
  const auto before = book_.set_state(state);
  if (before != state) observer_.link_changed(before, state);
}

void ClientLink::report(ClientError error) {
  book_.add_error(error);
  observer_.link_failed(error);
}

net::ConnectOptions ClientLink::connect_options() const {
  net::ConnectOptions connect;
  connect.uri = options_.uri;
  connect.headers = options_.headers;
  connect.ca_file = options_.ca_file;
  connect.verify = options_.verify;
  connect.timeout = options_.operation_timeout;
  connect.ping_interval = options_.ping_interval;
  connect.ping_timeout = options_.ping_timeout;
  connect.limits.line_bytes = kServerMessageBytesMax;
  connect.limits.close_timeout = kGoodbyeTimeout;
  return connect;
}

}  // namespace oriel::monitor

// How a server begins and ends.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "oriel/app/conduit/call_hook.h"
#include "oriel/app/conduit/server_shared.h"

namespace oriel::conduit {
namespace asio = boost::asio;

Status Server::Shared::listen() {
  {
    std::lock_guard lock(mutex_);
    if (state_ == ServerState::kClosed)
      return fail(ErrorCode::kUnavailable, "a stopped server is not started again; make another");
    if (state_ != ServerState::kCreated)
      return fail(ErrorCode::kUnavailable, "the server has been started already");
    state_ = ServerState::kInitializing;
    failure_.reset();
  }
  auto status = open_doors();
  if (!status) fail_start(status.error());
  return status;
}

void Server::Shared::fail_start(const Error& error) {
  doors_ = {};
  early_.clear();
  {
    std::lock_guard lock(mutex_);
    state_ = ServerState::kCreated;
    failure_ = error;
    address_.clear();
    port_ = 0;
  }
  closed();
}

void Server::Shared::open(Done done) {
  asio::co_spawn(strand_, start_up(std::move(done)), asio::detached);
}

asio::awaitable<void> Server::Shared::start_up(Done done) {
  const auto self = shared_from_this();
  const auto hooks = get(startup_);
  Status status;
  if (hooks != nullptr)
    for (const auto& hook : *hooks) {
      if (is_detached_) co_return;
      auto called = call_hook(hook, server_);
      status = co_await std::move(called);
      if (!status) break;
    }
  if (is_detached_) co_return;
  if (!status) {
    log_.error("the server has not started", {{"reason", status.error().message}});
    fail_start(status.error());
  } else {
    {
      std::lock_guard lock(mutex_);
      state_ = ServerState::kRunning;
      running_since_ = Clock::now();
    }
    if (!address().empty() || !options_.unix_path.empty())
      log_.info("listening", {{"address", address()}, {"unix", options_.unix_path}});
    for (auto& stream : std::exchange(early_, {})) arrived(std::move(stream));
  }
  if (done) done(status);
  if (stop_reason_) begin_stop(*std::exchange(stop_reason_, std::nullopt));
}

// ---- the end

void Server::Shared::stop(std::string reason) {
  const auto work = [self = shared_from_this(), reason = std::move(reason)] {
    self->begin_stop(reason);
  };
  if (core_->is_on_strand()) return work();
  core_->post(work);
}

void Server::Shared::begin_stop(std::string reason) {
  {
    std::lock_guard lock(mutex_);
    if (state_ == ServerState::kInitializing) {
      stop_reason_ = std::move(reason);
      return;
    }
    if (state_ != ServerState::kRunning) return;
    state_ = ServerState::kStopping;
  }
  asio::co_spawn(strand_, shut_down(std::move(reason)), asio::detached);
}

// Until `rests`, at most stop_timeout.
asio::awaitable<void> Server::Shared::wait_for_rest(bool (Shared::*rests)() const) {
  const auto until = Clock::now() + options_.stop_timeout;
  while (!(this->*rests)() && Clock::now() < until) {
    wake_.expires_at(until);
    co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

asio::awaitable<void> Server::Shared::shut_down(std::string reason) {
  const auto self = shared_from_this();
  log_.info("stopping", {{"reason", reason}});
  doors_ = {};
  for (auto* handshake : handshakes_) handshake->close();
  core_->is_stopping = true;
  for (auto& [raw, client] : clients_) client.connection->stop_handlers();
  auto handlers = wait_for_rest(&Shared::do_handlers_rest);
  co_await std::move(handlers);
  if (!do_handlers_rest())
    log_.warning("handlers are still at work", {{"count", core_->handlers_running}});
  for (auto& [raw, client] : clients_)
    client.connection->close_now({ErrorCode::kClosed, reason}, net::Farewell::kGoingAway);
  auto gone = wait_for_rest(&Shared::have_all_gone);
  co_await std::move(gone);
  if (const auto hooks = get(shutdown_); hooks != nullptr)
    for (const auto& hook : *hooks) {
      if (is_detached_) co_return;
      auto called = call_hook(hook, server_);
      log_hook("on_shutdown", co_await std::move(called));
    }
  core_->workers.stop();
  {
    std::lock_guard lock(mutex_);
    state_ = ServerState::kClosed;
    address_.clear();
    port_ = 0;
  }
  log_.info("stopped");
  closed();
}

void Server::Shared::closed() {
  changed_.notify_all();
  for (const auto& waiter : std::exchange(closed_waiters_, {})) waiter();
}

void Server::Shared::when_closed(std::function<void()> done) {
  const auto work = [self = shared_from_this(), done] {
    const auto now_state = self->state();
    if (now_state == ServerState::kCreated || now_state == ServerState::kClosed) return done();
    self->closed_waiters_.push_back(done);
  };
  if (!core_->post(work)) done();
}

bool Server::Shared::wait(std::optional<std::chrono::milliseconds> timeout) {
  std::unique_lock lock(mutex_);
  const auto is_over = [this] {
    return state_ == ServerState::kCreated || state_ == ServerState::kClosed;
  };
  if (timeout) return changed_.wait_for(lock, *timeout, is_over);
  changed_.wait(lock, is_over);
  return true;
}

void Server::Shared::detach() {
  is_detached_ = true;
  core_->end();
}

void Server::Shared::abandon() {
  core_->owner = nullptr;
  core_->kicks.clear();
  doors_ = {};
  early_.clear();
  for (auto* handshake : handshakes_) handshake->close();
  arrivals_.clear();
  for (auto& [raw, client] : std::exchange(clients_, {})) client.connection->abandon();
  {
    std::lock_guard lock(mutex_);
    open_.clear();
    state_ = ServerState::kClosed;
  }
  closed();
}

}  // namespace oriel::conduit

#include "oriel/app/conduit/client_shared.h"

#include <fmt/format.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "oriel/app/conduit/await_callback.h"

namespace oriel::conduit {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using std::chrono::milliseconds;

Answer failed(CallError error) { return std::unexpected(std::move(error)); }

CallError cancelled_before() {
  return {.code = CallCode::kCancelled, .message = "the call was cancelled before it was sent"};
}

ClientError client_error(const Error& error) {
  auto kind = ClientErrorKind::kConnection;
  if (error.code == ErrorCode::kClosed) kind = ClientErrorKind::kNotConnected;
  if (error.code == ErrorCode::kUnavailable) kind = ClientErrorKind::kBackpressure;
  if (error.code == ErrorCode::kInvalid || error.code == ErrorCode::kTooLarge)
    kind = ClientErrorKind::kValidation;
  return {kind, error.message};
}

std::shared_ptr<ConnectionShared> make_common(asio::any_io_executor executor,
                                              std::function<bool()> is_inside,
                                              const ClientOptions& options) {
  auto common = std::make_shared<ConnectionShared>(options.workers_max);
  common->executor = std::move(executor);
  common->is_inside = std::move(is_inside);
  common->log = options.logger;
  common->numbers = options.error_numbers;
  common->compression = options.compression();
  common->handed_over_max = options.send_queue_size;
  return common;
}

}  // namespace

Client::Shared::Shared(asio::any_io_executor executor, std::function<bool()> is_inside,
                       ClientOptions options, Hooks hooks, std::shared_ptr<OwnLoop> loop)
    : loop_(std::move(loop)),
      executor_(executor),
      options_(std::move(options)),
      common_(make_common(executor, std::move(is_inside), options_)),
      hooks_(hooks == Hooks::kOnWorkers ? HookLane(common_->workers, options_.logger)
                                        : HookLane(executor, options_.logger)),
      link_(common_, options_, book_, *this),
      waiting_timer_(executor) {}

Client::Shared::~Shared() {
  common_->end();
  end_all_waiting();
}

// ---- the connection

void Client::Shared::connect(ClientLink::Done done) {
  {
    std::lock_guard lock(mutex_);
    is_working_ = true;
  }
  auto work = [self = shared_from_this(), done] {
    bool is_detached = false;
    {
      std::lock_guard lock(self->mutex_);
      is_detached = self->is_detached_;
      self->is_working_ = true;  // the end of the last time may have come between
    }
    if (is_detached) {
      done(client_failure(ClientErrorKind::kNotConnected, "the client has ended"));
    } else {
      self->link_.connect(self, done);
    }
    if (!self->link_.is_working()) self->link_ended();
  };
  if (!common_->post(std::move(work)))
    done(client_failure(ClientErrorKind::kNotConnected, "the client has ended"));
}

void Client::Shared::disconnect(std::function<void()> done) {
  auto work = [self = shared_from_this(), done] { self->link_.disconnect(done); };
  if (!common_->post(std::move(work))) done();
}

bool Client::Shared::is_working() const {
  std::lock_guard lock(mutex_);
  return is_working_;
}

bool Client::Shared::wait_for_end(std::optional<milliseconds> timeout) {
  std::unique_lock lock(mutex_);
  const auto has_ended = [this] { return !is_working_; };
  if (timeout) return changed_.wait_for(lock, *timeout, has_ended);
  changed_.wait(lock, has_ended);
  return true;
}

bool Client::Shared::wait_connected(milliseconds timeout) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [this] { return !is_working_ || book_.connection(); });
  return book_.connection() != nullptr;
}

void Client::Shared::detach() {
  {
    std::lock_guard lock(mutex_);
    is_detached_ = true;
  }
  hooks_.stop();
  common_->post([self = shared_from_this()] { self->common_->is_stopping = true; });
}

// ---- the link tells

void Client::Shared::link_changed(ClientState before, ClientState now) {
  options_.logger.debug("state",
                        {{"before", client_state_name(before)}, {"now", client_state_name(now)}});
  for (const auto& hook : copy_of(on_state_change_))
    hooks_.run([hook, before, now] { hook(before, now); });
}

void Client::Shared::link_opened(bool is_again) {
  for (const auto& hook : copy_of(on_connect_)) hooks_.run(hook);
  if (is_again)
    for (const auto& hook : copy_of(on_reconnect_)) hooks_.run(hook);
  changed_.notify_all();
  const auto connection = link_.connection();
  waiting_timer_.cancel();
  for (auto& [id, call] : std::exchange(waiting_, {})) {
    call.on_stop.reset();
    auto timeout = milliseconds(0);
    if (call.deadline)
      timeout =
          std::max(milliseconds(1), std::chrono::ceil<milliseconds>(*call.deadline - Clock::now()));
    connection->start_call(std::move(call.method), std::move(call.params),
                           {.timeout = timeout, .stop = std::move(call.stop)},
                           std::move(call.done));
  }
}

void Client::Shared::link_lost(const ClientError& reason) {
  for (const auto& hook : copy_of(on_disconnect_)) hooks_.run([hook, reason] { hook(reason); });
}

void Client::Shared::link_ended() {
  {
    std::lock_guard lock(mutex_);
    is_working_ = false;
  }
  changed_.notify_all();
  end_all_waiting();
}

// ---- calls

void Client::Shared::start_request(std::string method, Value params, ClientCallOptions options,
                                   std::function<void(Answer)> done) {
  if (!options.timeout) options.timeout = options_.rpc_timeout;
  // A call that may wait is sent where it is certain whether it must.
  const bool waits = options.waits_for_connection.value_or(options_.calls_wait);
  if (const auto connection = waits ? nullptr : book_.connection())
    return connection->start_call(std::move(method), std::move(params),
                                  {.timeout = *options.timeout, .stop = std::move(options.stop)},
                                  std::move(done));
  // Before connect() perhaps nobody runs the loop.
  if (!is_working()) return done(failed(no_connection()));
  if (is_inside()) return request(std::move(method), std::move(params), options, std::move(done));
  auto work = [self = shared_from_this(), method = std::move(method), params = std::move(params),
               options, done]() mutable {
    self->request(std::move(method), std::move(params), options, std::move(done));
  };
  if (!common_->post(std::move(work))) done(failed(no_connection()));
}

void Client::Shared::request(std::string method, Value params, const ClientCallOptions& options,
                             std::function<void(Answer)> done) {
  if (const auto connection = link_.connection())
    return connection->start_call(std::move(method), std::move(params),
                                  {.timeout = *options.timeout, .stop = options.stop},
                                  std::move(done));
  const bool waits = options.waits_for_connection.value_or(options_.calls_wait);
  if (!waits || !link_.is_working() || link_.is_stopping()) return done(failed(no_connection()));
  if (waiting_.size() >= options_.send_queue_size)
    return done(failed({.code = CallCode::kRateLimited,
                        .message = fmt::format("{} calls wait for a connection already: the call "
                                               "was not sent",
                                               waiting_.size())}));
  if (options.stop.stop_requested()) return done(failed(cancelled_before()));
  wait_with(std::move(method), std::move(params), options, std::move(done));
}

void Client::Shared::wait_with(std::string method, Value params, const ClientCallOptions& options,
                               std::function<void(Answer)> done) {
  const auto id = ++last_waiting_;
  auto& call = waiting_[id];
  call.method = std::move(method);
  call.params = std::move(params);
  call.stop = options.stop;
  call.done = std::move(done);
  if (options.timeout->count() > 0) call.deadline = Clock::now() + *options.timeout;
  arm_waiting_timer();
  if (!options.stop.stop_possible()) return;
  call.on_stop = std::make_unique<std::stop_callback<std::function<void()>>>(
      options.stop, [weak = weak_from_this(), common = common_, id] {
        common->post([weak, id] {
          if (const auto self = weak.lock()) self->end_waiting(id, cancelled_before());
        });
      });
}

void Client::Shared::end_waiting(std::uint64_t id, CallError error) {
  auto call = waiting_.extract(id);
  if (!call) return;
  call.mapped().on_stop.reset();
  call.mapped().done(failed(std::move(error)));
}

void Client::Shared::end_all_waiting() {
  waiting_timer_.cancel();
  for (auto& [id, call] : std::exchange(waiting_, {})) {
    call.on_stop.reset();
    call.done(failed(no_connection()));
  }
}

void Client::Shared::arm_waiting_timer() {
  std::optional<TimePoint> earliest;
  for (const auto& [id, call] : waiting_)
    if (call.deadline && (!earliest || *call.deadline < *earliest)) earliest = call.deadline;
  if (!earliest) return;
  waiting_timer_.expires_at(*earliest);
  waiting_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self) self->waiting_timer_fired();
  });
}

void Client::Shared::waiting_timer_fired() {
  std::vector<std::uint64_t> late;
  for (const auto& [id, call] : waiting_)
    if (call.deadline && *call.deadline <= Clock::now()) late.push_back(id);
  for (const auto id : late)
    end_waiting(id, {.code = CallCode::kTimeout,
                     .message = "there was no connection in time: the call was not sent"});
  arm_waiting_timer();
}

// Why a call was not sent.
CallError Client::Shared::no_connection() const {
  const auto health = book_.health();
  if (health.is_reconnecting)
    return {.code = CallCode::kReconnecting,
            .message = fmt::format("the client is connecting again (attempt {}): the call was not "
                                   "sent",
                                   health.reconnect_attempts)};
  return {.code = CallCode::kDisconnected,
          .message = fmt::format("not connected{}{}: the call was not sent",
                                 health.failure ? ", because " : "",
                                 health.failure ? health.failure->message : "")};
}

awaitable<Answer> Client::Shared::async_request(std::shared_ptr<Shared> self, std::string method,
                                                Value params, ClientCallOptions options) {
  // A context that has nothing else to do must not end meanwhile.
  const auto executor = co_await asio::this_coro::executor;
  const auto work = asio::make_work_guard(executor);
  // What the coroutine's own cancellation and the caller's token have in common.
  std::stop_source stop;
  const std::stop_callback linked(options.stop, [stop]() mutable { stop.request_stop(); });
  options.stop = stop.get_token();
  std::function<void(std::function<void(Answer)>)> start = [self, &method, &params, &options](
                                                               std::function<void(Answer)> done) {
    self->start_request(std::move(method), std::move(params), std::move(options), std::move(done));
  };
  auto waiting =
      await_callback<Answer>(std::move(start), [stop]() mutable { stop.request_stop(); });
  co_return co_await std::move(waiting);
}

awaitable<ClientStatus> Client::Shared::async_connect(std::shared_ptr<Shared> self,
                                                      ClientStatus may_connect) {
  if (!may_connect) co_return may_connect;
  const auto executor = co_await asio::this_coro::executor;
  const auto work = asio::make_work_guard(executor);
  std::function<void(ClientLink::Done)> start = [self](ClientLink::Done done) {
    self->connect(std::move(done));
  };
  auto waiting =
      await_callback<ClientStatus>(std::move(start), [self] { self->disconnect([] {}); });
  co_return co_await std::move(waiting);
}

awaitable<void> Client::Shared::async_disconnect(std::shared_ptr<Shared> self) {
  const auto executor = co_await asio::this_coro::executor;
  const auto work = asio::make_work_guard(executor);
  std::function<void(std::function<void(bool)>)> start = [self](std::function<void(bool)> done) {
    self->disconnect([done = std::move(done)] { done(true); });
  };
  auto waiting = await_callback<bool>(std::move(start));
  co_await std::move(waiting);
}

// ---- messages

// One that waits for room. The connection knows of it until there is room or it ends.
struct Client::Shared::WaitingSend {
  explicit WaitingSend(const asio::any_io_executor& executor) : timer(executor) {}

  std::string type;
  Value data;
  std::function<void(ClientStatus)> done;  // null: it is over
  asio::steady_timer timer;
  std::unique_ptr<std::stop_callback<std::function<void()>>> on_stop;

  void end(ClientStatus status) {
    if (!done) return;
    timer.cancel();
    on_stop.reset();
    data = {};
    std::exchange(done, nullptr)(std::move(status));
  }
};

ClientError Client::Shared::not_connected() const {
  return {ClientErrorKind::kNotConnected, book_.is_reconnecting()
                                              ? "the client is connecting again: nothing was sent"
                                              : "not connected: nothing was sent"};
}

ClientStatus Client::Shared::send_now(std::string_view type, const Value& data) {
  const auto connection = link_.connection();
  if (!connection) return std::unexpected(not_connected());
  return taken(connection->send_message(type, data));
}

ClientStatus Client::Shared::taken(const Status& sent) {
  if (sent) return {};
  return std::unexpected(client_error(sent.error()));
}

void Client::Shared::start_send(std::string type, Value data, std::stop_token stop,
                                std::function<void(ClientStatus)> done) {
  if (!is_working()) return done(std::unexpected(not_connected()));
  if (is_inside()) return send(std::move(type), std::move(data), stop, std::move(done));
  auto work = [self = shared_from_this(), type = std::move(type), data = std::move(data),
               stop = std::move(stop), done]() mutable {
    self->send(std::move(type), std::move(data), stop, std::move(done));
  };
  if (!common_->post(std::move(work))) done(std::unexpected(not_connected()));
}

void Client::Shared::send(std::string type, Value data, const std::stop_token& stop,
                          std::function<void(ClientStatus)> done) {
  const auto connection = link_.connection();
  if (!connection) return done(std::unexpected(not_connected()));
  if (waiting_sends_ >= options_.send_queue_size)
    return done(client_failure(ClientErrorKind::kBackpressure,
                               fmt::format("the server does not keep up, and {} messages wait for "
                                           "room: nothing was sent",
                                           waiting_sends_)));
  auto waiting = std::make_shared<WaitingSend>(executor_);
  waiting->type = std::move(type);
  waiting->data = std::move(data);
  waiting->done = std::move(done);
  ++waiting_sends_;
  connection->when_room([self = shared_from_this(), waiting](Status room) {
    --self->waiting_sends_;
    if (!waiting->done) return;
    if (!room) return waiting->end(std::unexpected(self->not_connected()));
    waiting->end(self->send_now(waiting->type, waiting->data));
  });
  if (waiting->done) begin_wait(waiting, stop);
}

void Client::Shared::begin_wait(const std::shared_ptr<WaitingSend>& waiting,
                                const std::stop_token& stop) {
  waiting->timer.expires_after(options_.send_timeout);
  waiting->timer.async_wait(
      [waiting, timeout = options_.send_timeout](const boost::system::error_code& error) {
        if (error) return;
        waiting->end(client_failure(
            ClientErrorKind::kTimeout,
            fmt::format("the server has taken nothing for {} ms, and the send queue is full: the "
                        "message was not sent",
                        timeout.count())));
      });
  if (!stop.stop_possible()) return;
  waiting->on_stop = std::make_unique<std::stop_callback<std::function<void()>>>(
      stop, [weak = std::weak_ptr(waiting), common = common_] {
        common->post([weak] {
          if (const auto send = weak.lock())
            send->end(client_failure(ClientErrorKind::kCancelled, "the message was not sent"));
        });
      });
}

awaitable<ClientStatus> Client::Shared::async_send(std::shared_ptr<Shared> self, std::string type,
                                                   Value data) {
  const auto executor = co_await asio::this_coro::executor;
  const auto work = asio::make_work_guard(executor);
  std::stop_source stop;
  std::function<void(std::function<void(ClientStatus)>)> start =
      [self, &type, &data, stop](std::function<void(ClientStatus)> done) {
        self->start_send(std::move(type), std::move(data), stop.get_token(), std::move(done));
      };
  auto waiting =
      await_callback<ClientStatus>(std::move(start), [stop]() mutable { stop.request_stop(); });
  co_return co_await std::move(waiting);
}

// ---- hooks

void Client::Shared::add_connect(std::function<void()> hook) {
  std::lock_guard lock(mutex_);
  on_connect_.push_back(std::move(hook));
}

void Client::Shared::add_reconnect(std::function<void()> hook) {
  std::lock_guard lock(mutex_);
  on_reconnect_.push_back(std::move(hook));
}

void Client::Shared::add_disconnect(std::function<void(const ClientError&)> hook) {
  std::lock_guard lock(mutex_);
  on_disconnect_.push_back(std::move(hook));
}

void Client::Shared::add_state_change(std::function<void(ClientState, ClientState)> hook) {
  std::lock_guard lock(mutex_);
  on_state_change_.push_back(std::move(hook));
}

}  // namespace oriel::conduit

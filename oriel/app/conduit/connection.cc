#include "oriel/app/conduit/connection.h"

#include <fmt/format.h>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/core/conduit/message_pack.h"

namespace oriel::conduit {
namespace asio = boost::asio;
namespace {

// Of call latencies, as of heartbeats in the real programs.
constexpr double kLatencyWeight = 0.3;

// Suspends a coroutine until `start` has called what it is given, on whatever thread. `start` must
// see to it that it is called exactly once.
template <typename T>
asio::awaitable<T> await_callback(std::function<void(std::function<void(T)>)> start) {
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(
      [start = std::move(start)](auto completion) mutable {
        auto shared = std::make_shared<decltype(completion)>(std::move(completion));
        start([shared](T value) {
          auto executor = asio::get_associated_executor(*shared);
          asio::dispatch(executor, [shared, value = std::move(value)]() mutable {
            (*shared)(std::move(value));
          });
        });
      },
      asio::use_awaitable);
}

CallResult<Value> data_of(Answer answer) {
  if (!answer) return std::unexpected(std::move(answer.error()));
  return answer->data ? std::move(*answer->data) : Value();
}

Answer failed(CallCode code, std::string message) {
  return std::unexpected(CallError{.code = code, .message = std::move(message)});
}

// What an exception of a handler says to the caller, as the real programs say it.
Answer threw(const std::string& method, std::exception_ptr thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& exception) {
    return failed(CallCode::kInternal, fmt::format("Error in {}: {}", method, exception.what()));
  } catch (...) {
    return failed(CallCode::kInternal, fmt::format("Error in {}", method));
  }
}

Answer run_plain(const Method& method, Context& context, Value params) {
  try {
    return std::get<PlainMethod>(method.body)(context, std::move(params));
  } catch (...) {
    return threw(method.description.name, std::current_exception());
  }
}

Result<Reply> run_plain(const Handler& handler, Context& context, const Value& data) {
  try {
    return std::get<PlainHandler>(handler.body)(context, data);
  } catch (const std::exception& exception) {
    return fail(ErrorCode::kUnavailable, exception.what());
  } catch (...) {
    return fail(ErrorCode::kUnavailable, "it threw what is no exception");
  }
}

bool is_quick(const Dispatcher::Handlers& handlers) {
  for (const auto& handler : handlers)
    if (handler->run != Run::kLoop || !std::holds_alternative<PlainHandler>(handler->body))
      return false;
  return true;
}

}  // namespace

const std::string& Context::peer() const { return connection_->remote_address(); }
const std::string& Context::identity() const {
  // It is set once, before any handler runs.
  return connection_->identity();
}

std::string_view connection_state_name(ConnectionState state) {
  switch (state) {
    case ConnectionState::kAuthenticating:
      return "AUTHENTICATING";
    case ConnectionState::kConnected:
      return "CONNECTED";
    case ConnectionState::kPaused:
      return "PAUSED";
    case ConnectionState::kClosing:
      return "CLOSING";
    case ConnectionState::kClosed:
      return "CLOSED";
  }
  return "";
}

Connection::Connection(std::shared_ptr<ConnectionShared> shared, std::string id,
                       net::StreamPointer stream, std::unique_ptr<PeerSession> session,
                       net::SessionDriverLimits limits)
    : shared_(std::move(shared)),
      id_(std::move(id)),
      remote_address_(stream->peer()),
      log_(shared_->log.with_id(std::string_view(id_).substr(0, 8))),
      session_(std::move(session)),
      driver_(std::make_shared<net::SessionDriver>(shared_->executor, std::move(stream), *session_,
                                                   *this, limits)),
      call_timer_(shared_->executor) {}

Connection::~Connection() = default;

void Connection::start() { driver_->start(); }

bool Connection::is_connected() const {
  const auto state = state_.load();
  return state == ConnectionState::kConnected || state == ConnectionState::kPaused;
}

const std::string& Connection::identity() const { return identity_; }

ProgramFacts Connection::program() const {
  std::lock_guard lock(mutex_);
  return program_;
}

ConnectionStats Connection::stats() const {
  std::lock_guard lock(mutex_);
  return stats_;
}

// ---- the session's turn

void Connection::session_progressed() {
  is_in_callback_ = true;
  while (auto event = session_->take_event())
    std::visit([this](auto&& one) { take(std::move(one)); }, std::move(*event));
  is_in_callback_ = false;
  note_progress();
}

void Connection::note_progress() {
  std::lock_guard lock(mutex_);
  stats_.session = session_->stats();
  stats_.bytes_in = driver_->bytes_in();
  stats_.bytes_out = driver_->bytes_out();
}

void Connection::session_writable() { serve_room_waiters(); }

void Connection::serve_room_waiters() {
  while (!room_waiters_.empty() && session_->has_room()) {
    auto room = std::move(room_waiters_.front());
    room_waiters_.pop_front();
    room({});
  }
}

void Connection::session_ended(const Error& reason) {
  const auto self = shared_from_this();
  has_ended_ = true;
  state_ = ConnectionState::kClosed;
  note_progress();
  call_timer_.cancel();
  for (auto& [correlation, context] : running_) context->request_stop();
  running_.clear();
  waiting_messages_.clear();
  for (auto& room : std::exchange(room_waiters_, {}))
    room(fail(ErrorCode::kClosed, "the connection has ended: " + reason.message));
  call_deadlines_.clear();
  for (auto& [correlation, call] : std::exchange(pending_, {}))
    call.done(failed(CallCode::kUnknownOutcome,
                     fmt::format("the connection was lost before the answer came ({}); whether the "
                                 "call has run is not known",
                                 reason.message)));
  if (shared_->owner != nullptr) shared_->owner->connection_ended(*this, reason);
}

void Connection::take(Opened&& event) {
  identity_ = event.identity;  // before has_opened_: read by others only after it
  {
    std::lock_guard lock(mutex_);
    program_ = event.peer;
  }
  state_ = ConnectionState::kConnected;
  has_opened_ = true;
  if (shared_->owner != nullptr) shared_->owner->connection_opened(*this, event);
}

void Connection::take(LoginRefused&& event) {
  if (shared_->owner != nullptr) shared_->owner->login_refused(*this, event);
}

void Connection::take(PeerPaused&& event) {
  state_ = event.is_paused ? ConnectionState::kPaused : ConnectionState::kConnected;
  if (!event.is_paused) serve_room_waiters();
}

void Connection::take(PeerClosed&& event) {
  state_ = ConnectionState::kClosing;
  peer_reason_ = event.reason;
}

// ---- calls of the peer

ContextPointer Connection::make_context(std::optional<TimePoint> deadline) {
  return std::make_shared<Context>(shared_from_this(), shared_->user_data, log_, deadline);
}

void Connection::take(CallReceived&& call) {
  const auto method = shared_->dispatcher.find_method(call.method);
  if (!method)
    return answer(call.correlation,
                  std::unexpected(CallError::not_found("RPC method", call.method)));
  if (!method->role.empty() &&
      (shared_->owner == nullptr || !shared_->owner->may(*this, method->role)))
    return answer(call.correlation, std::unexpected(CallError::permission_denied(fmt::format(
                                        "{} needs the role {}", call.method, method->role))));
  run_method(method, std::move(call));
}

void Connection::run_method(const std::shared_ptr<const Method>& method, CallReceived&& call) {
  std::optional<TimePoint> deadline;
  if (call.timeout_ms)
    deadline = Clock::now() + std::chrono::milliseconds(std::min(*call.timeout_ms, kTimeoutMsMax));
  const auto context = make_context(deadline);
  const auto correlation = call.correlation;
  const bool is_plain = std::holds_alternative<PlainMethod>(method->body);
  if (is_plain && method->run == Run::kLoop)
    return answer(correlation, run_plain(*method, *context, std::move(call.params)));
  running_.insert_or_assign(correlation, context);
  const auto self = shared_from_this();
  if (is_plain) {
    shared_->workers.run(
        [self, method, context, correlation, params = std::move(call.params)]() mutable {
          self->finish_later(correlation, run_plain(*method, *context, std::move(params)));
        });
    return;
  }
  asio::co_spawn(shared_->executor,
                 std::get<CoroutineMethod>(method->body)(context, std::move(call.params)),
                 [self, method, context, correlation](std::exception_ptr thrown, Answer answer) {
                   if (thrown) answer = threw(method->description.name, thrown);
                   self->running_.erase(correlation);
                   self->answer(correlation, answer);
                 });
}

void Connection::answer(std::uint64_t correlation, const Answer& answer) {
  if (has_ended_) return;
  const auto make = [&](const Answer& what) {
    Bytes payload;
    Packer packer(payload);
    packer.map(2);
    packer.text("success");
    packer.boolean(true);
    packer.text("result");
    packer.value(write_answer(what, shared_->numbers));
    return payload;
  };
  auto payload = make(answer);
  if (payload.size() > kWirePayloadBytesMax)
    payload = make(
        failed(CallCode::kInternal, fmt::format("the answer has {} bytes, at most {} can be sent",
                                                payload.size(), kWirePayloadBytesMax)));
  session_->answer(correlation,
                   std::make_shared<const Bytes>(make_frame(FrameType::kRpcResponse, payload,
                                                            {.compression = shared_->compression,
                                                             .timestamp_ms = unix_ms(),
                                                             .correlation = correlation})));
  {
    std::lock_guard lock(mutex_);
    ++stats_.calls_answered;
  }
  kick_soon();
}

// From a worker. Many that finish together are answered in one go.
void Connection::finish_later(std::uint64_t correlation, Answer answer) {
  {
    std::lock_guard lock(mutex_);
    finished_.push_back({correlation, std::move(answer)});
    if (finished_.size() > 1) return;
  }
  asio::post(shared_->executor, [self = shared_from_this()] { self->take_finished(); });
}

void Connection::take_finished() {
  std::vector<Finished> finished;
  {
    std::lock_guard lock(mutex_);
    finished.swap(finished_);
  }
  for (const auto& [correlation, what] : finished) {
    running_.erase(correlation);
    answer(correlation, what);
  }
}

void Connection::take(CallCancelled&& event) {
  const auto running = running_.find(event.correlation);
  if (running != running_.end()) running->second->request_stop();
}

// ---- messages of the peer

void Connection::take(MessageReceived&& message) {
  {
    std::lock_guard lock(mutex_);
    ++stats_.messages_in;
  }
  const auto handlers = shared_->dispatcher.find_handlers(message.type);
  if (!handlers) return session_->message_handled();
  const auto waiting = waiting_messages_.find(message.type);
  if (waiting != waiting_messages_.end()) {
    waiting->second.push_back(std::move(message.data));
    return;
  }
  if (!is_quick(*handlers)) {
    waiting_messages_.emplace(message.type, std::deque<Value>{std::move(message.data)});
    return handle_next(message.type);
  }
  const auto context = make_context({});
  Result<Reply> reply;
  for (const auto& handler : *handlers) {
    reply = run_plain(*handler, *context, message.data);
    if (!reply) log_failure(message.type, reply.error());
  }
  session_->message_handled();
  reply_to(message.type, reply);
}

// Messages of one type are handled one after the other, so that they keep their order; other types
// and calls do not wait for them.
void Connection::handle_next(const std::string& type) {
  const auto waiting = waiting_messages_.find(type);
  if (waiting == waiting_messages_.end()) return;
  if (waiting->second.empty()) {
    waiting_messages_.erase(waiting);
    return;
  }
  auto data = std::move(waiting->second.front());
  waiting->second.pop_front();
  auto handlers = shared_->dispatcher.find_handlers(type);
  asio::co_spawn(shared_->executor, handle(std::move(handlers), type, std::move(data)),
                 [self = shared_from_this(), type](std::exception_ptr) {
                   if (self->has_ended_) return;
                   self->session_->message_handled();
                   self->kick_soon();
                   self->handle_next(type);
                 });
}

asio::awaitable<void> Connection::handle(std::shared_ptr<const Dispatcher::Handlers> handlers,
                                         std::string type, Value data) {
  const auto context = make_context({});
  Result<Reply> reply;
  for (const auto& handler : *handlers) {
    if (const auto* coroutine = std::get_if<CoroutineHandler>(&handler->body)) {
      try {
        reply = co_await (*coroutine)(context, data);
      } catch (const std::exception& exception) {
        reply = fail(ErrorCode::kUnavailable, exception.what());
      }
    } else if (handler->run == Run::kLoop) {
      reply = run_plain(*handler, *context, data);
    } else {
      reply = co_await await_callback<Result<Reply>>(
          [this, &handler, &context, &data](std::function<void(Result<Reply>)> done) {
            shared_->workers.run([&handler, &context, &data, done = std::move(done)] {
              done(run_plain(*handler, *context, data));
            });
          });
    }
    if (!reply) log_failure(type, reply.error());
  }
  reply_to(type, reply);
}

void Connection::log_failure(const std::string& type, const Error& error) {
  log_.warning("a message was not handled", {{"type", type}, {"reason", error.message}});
}

void Connection::reply_to(const std::string& type, const Result<Reply>& reply) {
  if (has_ended_ || !reply || !*reply) return;
  if (auto sent = send_message(type + "_response", **reply); !sent)
    log_.warning("the reply to a message was not sent",
                 {{"type", type}, {"reason", sent.error().message}});
}

// ---- our messages

Result<SharedBytes> Connection::make_message(std::string_view type, const Value& data) const {
  return make_message_frame(type, data, shared_->compression, unix_ms());
}

Result<SharedBytes> make_message_frame(std::string_view type, const Value& data,
                                       Compression compression, std::uint64_t unix_ms) {
  if (type.empty() || type.size() > kNameBytesMax)
    return fail(ErrorCode::kInvalid, fmt::format("a message's type has 1 to {} bytes, got {}",
                                                 kNameBytesMax, type.size()));
  Bytes payload;
  Packer packer(payload);
  packer.map(2);
  packer.text("type");
  packer.text(type);
  packer.text("data");
  packer.value(data);
  if (payload.size() > kWirePayloadBytesMax)
    return fail(ErrorCode::kTooLarge,
                fmt::format("the message has {} bytes, at most {} can be sent", payload.size(),
                            kWirePayloadBytesMax));
  return std::make_shared<const Bytes>(make_frame(
      FrameType::kMessage, payload, {.compression = compression, .timestamp_ms = unix_ms}));
}

Status Connection::put_message(const SharedBytes& frame) {
  switch (session_->send(frame)) {
    case Sent::kQueued:
      break;
    case Sent::kFull:
      return fail(ErrorCode::kUnavailable,
                  "the peer does not keep up, and the send queue is full; try again later");
    default:
      return fail(ErrorCode::kClosed, "the connection has ended");
  }
  {
    std::lock_guard lock(mutex_);
    ++stats_.messages_out;
  }
  kick_soon();
  return {};
}

bool Connection::is_inside() const { return shared_->is_inside && shared_->is_inside(); }

Status Connection::send_message(std::string_view type, const Value& data) {
  if (state_ == ConnectionState::kClosed)
    return fail(ErrorCode::kClosed, "the connection has ended");
  ORIEL_TRY(auto frame, make_message(type, data));
  if (is_inside()) return has_ended_ ? closed() : put_message(frame);
  asio::post(shared_->executor,
             [self = shared_from_this(), frame = std::move(frame), type = std::string(type)] {
               auto sent = self->has_ended_ ? closed() : self->put_message(frame);
               if (!sent)
                 self->log_.warning("a message was not sent",
                                    {{"type", type}, {"reason", sent.error().message}});
             });
  return {};
}

asio::awaitable<Status> Connection::async_send_message(std::string type, Value data) {
  const auto self = shared_from_this();
  auto frame = make_message(type, data);
  if (!frame) co_return std::unexpected(std::move(frame.error()));
  co_return co_await await_callback<Status>(
      [self, frame = std::move(*frame)](std::function<void(Status)> done) {
        asio::dispatch(self->shared_->executor, [self, frame, done = std::move(done)]() mutable {
          self->when_room([self, frame, done = std::move(done)](Status room) {
            done(room ? self->put_message(frame) : room);
          });
        });
      });
}

void Connection::when_room(std::function<void(Status)> room) {
  if (has_ended_) return room(closed());
  if (room_waiters_.empty() && session_->has_room()) return room({});
  room_waiters_.push_back(std::move(room));
}

Sent Connection::offer(const SharedBytes& frame, TopicId topic, TopicPolicy policy) {
  if (has_ended_) return Sent::kClosed;
  const auto sent = session_->offer(frame, topic, policy);
  if (sent == Sent::kQueued) kick_soon();
  return sent;
}

// Many small frames leave in one write: the driver is told once, after what happens now.
void Connection::kick_soon() {
  if (is_in_callback_ || std::exchange(is_kick_due_, true)) return;
  asio::post(shared_->executor, [self = shared_from_this()] {
    self->is_kick_due_ = false;
    if (!self->has_ended_) self->driver_->kick();
  });
}

// ---- our calls

asio::awaitable<Answer> Connection::async_request(std::string method, Value params,
                                                  CallOptions options) {
  const auto self = shared_from_this();
  co_return co_await await_callback<Answer>([self, method = std::move(method),
                                             params = std::move(params),
                                             options](std::function<void(Answer)> done) mutable {
    self->start_call(std::move(method), std::move(params), options, std::move(done));
  });
}

asio::awaitable<CallResult<Value>> Connection::async_call(std::string method, Value params,
                                                          CallOptions options) {
  co_return data_of(co_await async_request(std::move(method), std::move(params), options));
}

std::future<CallResult<Value>> Connection::call_future(std::string method, Value params,
                                                       CallOptions options) {
  auto promise = std::make_shared<std::promise<CallResult<Value>>>();
  auto future = promise->get_future();
  start_call(std::move(method), std::move(params), options,
             [promise](Answer answer) { promise->set_value(data_of(std::move(answer))); });
  return future;
}

void Connection::start_call(std::string method, Value params, CallOptions options,
                            std::function<void(Answer)> done) {
  if (is_inside())
    return begin_call(std::move(method), std::move(params), std::move(options), std::move(done));
  asio::post(shared_->executor, [self = shared_from_this(), method = std::move(method),
                                 params = std::move(params), options = std::move(options),
                                 done = std::move(done)]() mutable {
    self->begin_call(std::move(method), std::move(params), std::move(options), std::move(done));
  });
}

Status Connection::notify(std::string method, Value params) {
  if (state_ == ConnectionState::kClosed) return closed();
  start_call(std::move(method), std::move(params), {}, [](const Answer&) {});
  return {};
}

void Connection::begin_call(std::string method, Value params, CallOptions options,
                            std::function<void(Answer)> done) {
  if (options.stop.stop_requested())
    return done(failed(CallCode::kCancelled, "the call was cancelled before it was sent"));
  if (has_ended_ || !session_->is_open())
    return done(failed(CallCode::kDisconnected, "not connected: the call was not sent"));
  if (method.empty() || method.size() > kNameBytesMax)
    return done(failed(
        CallCode::kInvalidParams,
        fmt::format("a method's name has 1 to {} bytes, got {}", kNameBytesMax, method.size())));
  const auto correlation = ++last_correlation_;
  const bool says_timeout = options.timeout.count() > 0 && session_->peer().is_oriel;
  Bytes payload;
  Packer packer(payload);
  packer.map(says_timeout ? 3 : 2);
  packer.text("method");
  packer.text(method);
  packer.text("params");
  params.is_null() ? packer.map(0) : packer.value(params);
  if (says_timeout) {
    packer.text("timeout_ms");
    packer.integer(options.timeout.count());
  }
  if (payload.size() > kWirePayloadBytesMax)
    return done(failed(CallCode::kInvalidParams,
                       fmt::format("the call has {} bytes, at most {} can be sent", payload.size(),
                                   kWirePayloadBytesMax)));
  auto frame = std::make_shared<const Bytes>(make_frame(FrameType::kRpcRequest, payload,
                                                        {.compression = shared_->compression,
                                                         .timestamp_ms = unix_ms(),
                                                         .correlation = correlation}));
  if (session_->send(std::move(frame)) != Sent::kQueued)
    return done(failed(CallCode::kRateLimited,
                       "the peer does not keep up, and the send queue is full: the call was not "
                       "sent"));
  const auto now = Clock::now();
  auto& call = pending_[correlation];
  call.done = std::move(done);
  call.sent_at = now;
  if (options.timeout.count() > 0) {
    call.deadline = now + options.timeout;
    call_deadlines_.emplace(*call.deadline, correlation);
    arm_call_timer();
  }
  if (options.stop.stop_possible())
    call.stop = std::make_unique<std::stop_callback<std::function<void()>>>(
        options.stop, [weak = weak_from_this(), executor = shared_->executor, correlation] {
          asio::post(executor, [weak, correlation] {
            if (const auto self = weak.lock()) self->cancel_call(correlation);
          });
        });
  {
    std::lock_guard lock(mutex_);
    ++stats_.calls_made;
  }
  kick_soon();
}

void Connection::cancel_call(std::uint64_t correlation) {
  if (has_ended_ || !pending_.contains(correlation)) return;
  session_->cancel(correlation);
  end_call(correlation, failed(CallCode::kCancelled, "the call was cancelled"));
  kick_soon();
}

void Connection::take(ReplyReceived&& reply) {
  if (!pending_.contains(reply.correlation)) {
    std::lock_guard lock(mutex_);
    ++stats_.replies_unexpected;
    return;
  }
  end_call(reply.correlation, read_answer(reply.envelope, shared_->numbers));
}

void Connection::end_call(std::uint64_t correlation, Answer answer) {
  auto found = pending_.find(correlation);
  auto call = std::move(found->second);
  pending_.erase(found);
  if (call.deadline) {
    auto [begin, end] = call_deadlines_.equal_range(*call.deadline);
    for (auto one = begin; one != end; ++one)
      if (one->second == correlation) {
        call_deadlines_.erase(one);
        break;
      }
  }
  {
    const auto latency = Clock::now() - call.sent_at;
    std::lock_guard lock(mutex_);
    auto& average = stats_.call_latency;
    average = average ? Duration(static_cast<Duration::rep>(
                            kLatencyWeight * static_cast<double>(latency.count()) +
                            (1 - kLatencyWeight) * static_cast<double>(average->count())))
                      : latency;
  }
  call.stop.reset();
  call.done(std::move(answer));
}

// The timer is set for the earliest deadline, and not again for each call: most are answered long
// before.
void Connection::arm_call_timer() {
  if (call_deadlines_.empty()) return;
  const auto earliest = call_deadlines_.begin()->first;
  if (armed_for_ && *armed_for_ <= earliest) return;
  armed_for_ = earliest;
  call_timer_.expires_at(earliest);
  call_timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->call_timer_fired();
  });
}

void Connection::call_timer_fired() {
  armed_for_.reset();
  if (has_ended_) return;
  const auto now = Clock::now();
  while (!call_deadlines_.empty() && call_deadlines_.begin()->first <= now) {
    const auto correlation = call_deadlines_.begin()->second;
    session_->cancel(correlation);
    {
      std::lock_guard lock(mutex_);
      ++stats_.calls_timed_out;
    }
    end_call(correlation, std::unexpected(CallError::timeout("no answer came in time")));
    if (has_ended_) return;
  }
  arm_call_timer();
  kick_soon();
}

// ---- the end

Status Connection::closed() { return fail(ErrorCode::kClosed, "the connection has ended"); }

void Connection::close(std::string reason) {
  asio::dispatch(shared_->executor, [self = shared_from_this(), reason = std::move(reason)] {
    if (self->has_ended_) return;
    self->state_ = ConnectionState::kClosing;
    self->session_->say_close(reason);
    self->driver_->close_after_flush({ErrorCode::kClosed, reason});
  });
}

void Connection::close_now(Error reason, net::Farewell farewell) {
  if (has_ended_) return;
  state_ = ConnectionState::kClosing;
  session_->say_close(reason.message);
  driver_->close_after_flush(std::move(reason), farewell);
}

}  // namespace oriel::conduit

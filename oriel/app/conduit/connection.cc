#include "oriel/app/conduit/connection.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "oriel/app/conduit/await_callback.h"
#include "oriel/base/check.h"
#include "oriel/core/conduit/message_pack.h"

namespace oriel::conduit {
namespace asio = boost::asio;
namespace {

// Of call latencies, as of heartbeats in the real programs.
constexpr double kLatencyWeight = 0.3;
// After so many events of one connection others get their turn.
constexpr int kEventsPerTurn = 64;

CallResult<Value> data_of(Answer answer) {
  if (!answer) return std::unexpected(std::move(answer.error()));
  return answer->data ? std::move(*answer->data) : Value();
}

Answer failed(CallCode code, std::string message) {
  return std::unexpected(CallError{.code = code, .message = std::move(message)});
}

std::string too_long(std::string_view what, std::size_t payload_bytes, std::size_t bytes_max) {
  return fmt::format("{} has {} bytes, at most {} can be sent", what, payload_bytes, bytes_max);
}

// The payload of an answer up to its envelope, behind room for the header.
Bytes begin_answer() {
  Bytes frame(kHeaderBytes);
  Packer packer(frame);
  packer.map(2);
  packer.text("success");
  packer.boolean(true);
  packer.text("result");
  return frame;
}

// What an exception of a handler says to the caller, as the real programs say it.
Answer threw(const std::string& method, const std::exception_ptr& thrown) {
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

Result<Reply> threw_message(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& exception) {
    return fail(ErrorCode::kUnavailable, exception.what());
  } catch (...) {
    return fail(ErrorCode::kUnavailable, "it threw what is no exception");
  }
}

Result<Reply> run_plain(const Handler& handler, Context& context, const Value& data) {
  try {
    return std::get<PlainHandler>(handler.body)(context, data);
  } catch (...) {
    return threw_message(std::current_exception());
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

void ConnectionShared::end() {
  boost::asio::any_io_executor gone;  // ends without the lock
  std::function<bool()> asked;
  {
    std::lock_guard lock(mutex_);
    gone = std::exchange(executor, {});
    asked = std::exchange(is_inside, nullptr);
  }
  workers.stop();
}

Connection::Connection(std::shared_ptr<ConnectionShared> shared, std::string id,
                       net::StreamPointer stream, std::unique_ptr<PeerSession> session,
                       net::SessionDriverLimits limits)
    : shared_(std::move(shared)),
      id_(std::move(id)),
      remote_address_(stream->peer()),
      certificate_name_(stream->peer_common_name()),
      log_(shared_->log.with_id(std::string_view(id_).substr(0, 8))),
      session_(std::move(session)),
      executor_(shared_->executor),
      driver_(std::make_shared<net::SessionDriver>(executor_, std::move(stream), *session_,
                                                   static_cast<net::SessionHost&>(*this), limits)),
      call_timer_(executor_),
      stay_(executor_) {}

Connection::~Connection() = default;

// A handler of a timer that never fires: with it in the executor's context the connection lives,
// and when the context ends first, what is left in it is given back in time.
struct Connection::Stay {
  explicit Stay(std::shared_ptr<Connection> who) : connection(std::move(who)) {}
  Stay(Stay&&) = default;
  ~Stay() {
    if (connection) connection->release();
  }
  void operator()(const boost::system::error_code&) {}

  std::shared_ptr<Connection> connection;
};

void Connection::start() {
  stay_->expires_at(boost::asio::steady_timer::time_point::max());
  stay_->async_wait(Stay(shared_from_this()));
  driver_->start();
}

void Connection::release() {
  has_ended_ = true;
  state_ = ConnectionState::kClosed;
  running_.clear();
  pending_.clear();
  room_waiters_.clear();
  end_waiters_.clear();
  works_.clear();
  // Its work may have been dropped, and would hold this for ever.
  if (is_kick_due_)
    std::erase_if(shared_->kicks, [this](const auto& other) { return other.get() == this; });
  driver_.reset();
  call_timer_.reset();
  stay_.reset();
  executor_ = {};
}

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
  take_events();
  note_progress();
}

void Connection::take_events() {
  if (std::exchange(is_in_callback_, true)) return;
  int taken = 0;
  while (!is_held_ && !has_ended_ && !session_->is_answering()) {
    auto event = session_->take_event();
    if (!event) break;
    std::visit([this](auto&& one) { take(std::move(one)); }, std::move(*event));
    if (++taken < kEventsPerTurn) continue;
    take_more_soon();
    break;
  }
  is_in_callback_ = false;
}

void Connection::take_more_soon() {
  if (std::exchange(is_taking_soon_, true)) return;
  asio::post(executor_, [self = shared_from_this()] {
    self->is_taking_soon_ = false;
    if (self->has_ended_) return;
    self->take_events();
    self->driver_->kick();
    self->note_progress();
  });
}

void Connection::resume() {
  is_held_ = false;
  if (has_ended_) return;
  take_events();
  kick_soon();
}

void Connection::note_progress() {
  if (!driver_) return;
  std::lock_guard lock(mutex_);
  stats_.session = session_->stats();
  stats_.bytes_in = driver_->bytes_in();
  stats_.bytes_out = driver_->bytes_out();
}

void Connection::session_writable() {
  is_in_callback_ = true;
  serve_room_waiters();
  is_in_callback_ = false;
  take_events();
}

void Connection::serve_room_waiters() {
  while (!room_waiters_.empty() && session_->has_room()) {
    auto room = std::move(room_waiters_.front());
    room_waiters_.pop_front();
    room({});
  }
}

void Connection::session_ended(const Error& reason) {
  const auto self = shared_from_this();
  if (!has_ended_) {
    is_in_callback_ = true;  // the driver is not asked any more
    while (auto event = session_->take_event()) take_last(std::move(*event));
    const auto& why = peer_reason_ ? *peer_reason_ : reason;
    finish(why);
    if (shared_->owner != nullptr) shared_->owner->connection_ended(*this, why);
  }
  if (stay_) stay_->cancel();
  release();
}

// What had not had its turn when the connection ended. Nobody waits for what a call would answer.
void Connection::take_last(SessionEvent&& event) {
  if (auto* closed = std::get_if<PeerClosed>(&event)) return take(std::move(*closed));
  if (is_held_) return;
  if (auto* message = std::get_if<MessageReceived>(&event)) return take(std::move(*message));
  if (auto* reply = std::get_if<ReplyReceived>(&event)) take(std::move(*reply));
}

void Connection::abandon() {
  if (has_ended_) return;
  const auto self = shared_from_this();
  const Error reason{ErrorCode::kClosed, "the program ends"};
  finish(reason);
  driver_->close_now(reason);
}

void Connection::stop_handlers() {
  const auto running = running_;  // what hears of the stop may end its handler at once
  for (const auto& [correlation, context] : running) context->request_stop();
}

// What waits for this conversation hears that it is over.
void Connection::finish(const Error& reason) {
  has_ended_ = true;
  state_ = ConnectionState::kClosed;
  note_progress();
  call_timer_->cancel();
  stop_handlers();
  running_.clear();
  waiting_messages_.clear();
  for (auto& room : std::exchange(room_waiters_, {}))
    room(fail(ErrorCode::kClosed, "the connection has ended: " + reason.message));
  call_deadlines_.clear();
  for (auto& [correlation, call] : std::exchange(pending_, {})) {
    call.stop.reset();
    call.done(session_->cancel(correlation)
                  ? failed(CallCode::kDisconnected,
                           fmt::format("the connection was lost ({}); the call was not sent",
                                       reason.message))
                  : failed(CallCode::kUnknownOutcome,
                           fmt::format("the connection was lost before the answer came ({}); "
                                       "whether the call has run is not known",
                                       reason.message)));
  }
  for (const auto& waiting : std::exchange(works_, {})) (*waiting)(closed());
  for (auto& ended : std::exchange(end_waiters_, {})) ended();
}

void Connection::take(Opened&& event) {
  identity_ = event.identity;  // before has_opened_: read by others only after it
  {
    std::lock_guard lock(mutex_);
    program_ = event.peer;
  }
  sendable_bytes_ = session_->sendable_bytes();
  state_ = ConnectionState::kConnected;
  has_opened_ = true;
  if (shared_->owner != nullptr) shared_->owner->connection_opened(*this, event);
}

void Connection::take(LoginRefused&& event) {
  peer_reason_ = Error{ErrorCode::kRefused, event.reason};
  if (shared_->owner != nullptr) shared_->owner->login_refused(*this, event);
}

void Connection::take(PeerPaused&& event) {
  state_ = event.is_paused ? ConnectionState::kPaused : ConnectionState::kConnected;
  if (shared_->owner != nullptr) shared_->owner->connection_paused(*this, event.is_paused);
  if (!event.is_paused) serve_room_waiters();
}

void Connection::take(PeerClosed&& event) {
  state_ = ConnectionState::kClosing;
  if (!peer_reason_)
    peer_reason_ = Error{ErrorCode::kClosed,
                         event.reason.empty() ? "the peer closed the connection"
                                              : "the peer closed the connection: " + event.reason};
}

// ---- calls of the peer

ContextPointer Connection::begin_handler(std::uint64_t correlation,
                                         std::optional<TimePoint> deadline,
                                         const std::string& message_type) {
  auto context = std::make_shared<Context>(shared_from_this(), shared_->user_data, log_, deadline,
                                           message_type);
  running_.emplace(correlation, context);
  ++shared_->handlers_running;
  return context;
}

void Connection::end_handler(std::uint64_t correlation, const ContextPointer& context) {
  const auto [begin, end] = running_.equal_range(correlation);
  for (auto one = begin; one != end; ++one)
    if (one->second == context) {
      running_.erase(one);
      break;
    }
  if (--shared_->handlers_running == 0 && shared_->owner != nullptr)
    shared_->owner->handlers_rest();
}

void Connection::take(CallReceived&& call) {
  if (shared_->is_stopping)
    return answer(call.correlation,
                  failed(CallCode::kDisconnected, "the program is stopping: the call has not run"));
  const auto method = shared_->dispatcher.find_method(call.method);
  if (!method)
    return answer(call.correlation,
                  std::unexpected(CallError::not_found("RPC method", call.method)));
  if (!may(method->role))
    return answer(call.correlation, std::unexpected(CallError::permission_denied(fmt::format(
                                        "{} needs the role {}", call.method, method->role))));
  run_method(method, std::move(call));
}

bool Connection::may(std::string_view role) const {
  return role.empty() || (shared_->owner != nullptr && shared_->owner->may(*this, role));
}

void Connection::run_method(const std::shared_ptr<const Method>& method, CallReceived&& call) {
  std::optional<TimePoint> deadline;
  if (call.timeout_ms)
    deadline = Clock::now() + std::chrono::milliseconds(std::min(*call.timeout_ms, kTimeoutMsMax));
  const auto correlation = call.correlation;
  const auto self = shared_from_this();
  if (const auto* packed = std::get_if<PackedMethod>(&method->body)) {
    const auto envelope = (*packed)(call.params);
    return envelope ? answer_packed(correlation, **envelope)
                    : answer(correlation, std::unexpected(envelope.error()));
  }
  const auto* coroutine = std::get_if<CoroutineMethod>(&method->body);
  if (coroutine == nullptr && method->run == Run::kLoop) {
    Context context(self, shared_->user_data, log_, deadline);
    return answer(correlation, run_plain(*method, context, std::move(call.params)));
  }
  const auto context = begin_handler(correlation, deadline);
  if (coroutine != nullptr) {
    asio::co_spawn(executor_, (*coroutine)(context, std::move(call.params)),
                   [self, method, context, correlation](std::exception_ptr thrown, Answer answer) {
                     if (thrown) answer = threw(method->description.name, thrown);
                     self->end_handler(correlation, context);
                     self->answer(correlation, std::move(answer));
                   });
    return;
  }
  // From here on a worker may be the last to hold this connection.
  const bool is_taken = shared_->workers.run(
      [self, method, context, correlation, params = std::move(call.params)]() mutable {
        // It may have waited for a thread longer than anybody for its answer.
        auto what = context->stop_token().stop_requested()
                        ? failed(CallCode::kCancelled, "the call was stopped before it began")
                        : run_plain(*method, *context, std::move(params));
        self->shared_->post([self, context, correlation, what = std::move(what)]() mutable {
          self->end_handler(correlation, context);
          self->answer(correlation, std::move(what));
        });
      },
      {this, method.get()});
  if (is_taken) return;
  end_handler(correlation, context);
  answer(correlation, failed(CallCode::kRateLimited, "no thread could be had to run the call"));
}

void Connection::answer(std::uint64_t correlation, Answer answer) {
  if (has_ended_) return;
  auto frame = begin_answer();
  Packer(frame).value(write_answer(std::move(answer), shared_->numbers));
  send_answer(correlation, std::move(frame));
}

void Connection::answer_packed(std::uint64_t correlation, const Bytes& envelope) {
  if (has_ended_) return;
  auto frame = begin_answer();
  frame.insert(frame.end(), envelope.begin(), envelope.end());
  send_answer(correlation, std::move(frame));
}

// One that the peer does not take would end its connection, and all other calls with it.
void Connection::send_answer(std::uint64_t correlation, Bytes frame) {
  if (const auto bytes = frame.size() - kHeaderBytes; bytes > sendable_bytes_) {
    auto error = failed(CallCode::kInternal, too_long("the answer", bytes, sendable_bytes_));
    frame = begin_answer();
    Packer(frame).value(write_answer(std::move(error), shared_->numbers));
  }
  session_->answer(correlation, std::make_shared<const Bytes>(
                                    make_frame_in_place(FrameType::kRpcResponse, std::move(frame),
                                                        {.compression = shared_->compression,
                                                         .timestamp_ms = unix_ms(),
                                                         .correlation = correlation})));
  {
    std::lock_guard lock(mutex_);
    ++stats_.calls_answered;
  }
  kick_soon();
}

void Connection::take(CallCancelled&& event) {
  if (event.correlation == 0) return;  // shared by those whose answer nobody wants
  const auto running = running_.find(event.correlation);
  if (running == running_.end()) return;
  const auto context = running->second;  // as in stop_handlers
  context->request_stop();
}

// ---- messages of the peer

void Connection::take(MessageReceived&& message) {
  {
    std::lock_guard lock(mutex_);
    ++stats_.messages_in;
  }
  const auto handlers = shared_->dispatcher.find_handlers(message.type);
  if (!handlers || shared_->is_stopping) return session_->message_handled();
  const auto& order = handlers->front()->order;
  const auto line = order.empty() ? message.type : order;
  const auto waiting = waiting_messages_.find(line);
  if (waiting != waiting_messages_.end()) {
    waiting->second.push_back(std::move(message));
    return;
  }
  if (is_quick(*handlers)) {
    Context context(shared_from_this(), shared_->user_data, log_, {}, message.type);
    MessageRun run{.handlers = handlers, .type = std::move(message.type)};
    for (const auto& handler : *handlers)
      note_reply(run, run_plain(*handler, context, message.data));
    session_->message_handled();
    return reply_to(run.type, run.reply);
  }
  waiting_messages_[line].push_back(std::move(message));
  handle_next(line);
}

// Messages of one type are handled one after the other, so that they keep their order; other types
// and calls do not wait for them.
void Connection::handle_next(const std::string& line) {
  const auto waiting = waiting_messages_.find(line);
  if (waiting == waiting_messages_.end()) return;
  if (waiting->second.empty() || shared_->is_stopping) {
    waiting_messages_.erase(waiting);
    return;
  }
  auto message = std::move(waiting->second.front());
  waiting->second.pop_front();
  auto run = std::make_shared<MessageRun>(
      MessageRun{.handlers = shared_->dispatcher.find_handlers(message.type),
                 .line = line,
                 .type = std::move(message.type),
                 .data = std::move(message.data)});
  run->context = begin_handler(0, {}, run->type);
  run_handlers(run);
}

void Connection::run_handlers(const MessageRunPointer& run) {
  while (run->next < run->handlers->size() && !has_ended_) {
    const auto handler = (*run->handlers)[run->next++];
    if (const auto* coroutine = std::get_if<CoroutineHandler>(&handler->body))
      return run_coroutine(run, *coroutine);
    if (handler->run == Run::kWorker) return run_on_worker(run, handler);
    note_reply(*run, run_plain(*handler, *run->context, run->data));
  }
  message_done(run);
}

void Connection::run_coroutine(const MessageRunPointer& run, const CoroutineHandler& handler) {
  asio::co_spawn(
      executor_, handler(run->context, run->data),
      [self = shared_from_this(), run](const std::exception_ptr& thrown, Result<Reply> reply) {
        if (thrown) reply = threw_message(thrown);
        self->note_reply(*run, std::move(reply));
        self->run_handlers(run);
      });
}

// From here on a worker may be the last to hold this connection.
void Connection::run_on_worker(const MessageRunPointer& run,
                               std::shared_ptr<const Handler> handler) {
  const auto self = shared_from_this();
  const JobOwner owner{this, handler.get()};
  const bool is_taken = shared_->workers.run(
      [self, run, handler = std::move(handler)] {
        // A message is handled also when its sender has gone meanwhile: that waits for nothing. Of
        // a program that stops none is begun.
        auto reply = run->context->stop_token().stop_requested() && self->is_connected()
                         ? Result<Reply>()
                         : run_plain(*handler, *run->context, run->data);
        self->shared_->post([self, run, reply = std::move(reply)]() mutable {
          self->note_reply(*run, std::move(reply));
          self->run_handlers(run);
        });
      },
      owner);
  if (is_taken) return;
  note_reply(*run, fail(ErrorCode::kUnavailable, "no thread could be had"));
  message_done(run);
}

// The last handler that has something to say is heard.
void Connection::note_reply(MessageRun& run, Result<Reply> reply) {
  if (!reply) {
    log_.warning("a message was not handled",
                 {{"type", run.type}, {"reason", reply.error().message}});
  } else if (*reply) {
    run.reply = std::move(*reply);
  }
}

void Connection::message_done(const MessageRunPointer& run) {
  end_handler(0, run->context);
  if (has_ended_) return;
  session_->message_handled();
  reply_to(run->type, run->reply);
  kick_soon();
  // By way of the loop: a thousand that wait must not be as many calls deep.
  asio::post(executor_, [self = shared_from_this(), line = run->line] { self->handle_next(line); });
}

void Connection::reply_to(const std::string& type, const Reply& reply) {
  if (has_ended_ || !reply) return;
  auto frame = make_message(type + "_response", *reply);
  const auto sent = frame ? put_message(*frame) : std::unexpected(std::move(frame.error()));
  if (!sent)
    log_.warning("the reply to a message was not sent",
                 {{"type", type}, {"reason", sent.error().message}});
}

// ---- our messages

Result<SharedBytes> Connection::make_message(std::string_view type, const Value& data) const {
  ORIEL_TRY(auto frame, make_message_frame(type, data, shared_->compression, unix_ms()));
  if (frame.payload_bytes > sendable_bytes_)
    return fail(ErrorCode::kTooLarge,
                too_long("the message", frame.payload_bytes, sendable_bytes_));
  return std::move(frame.bytes);
}

Result<MessageFrame> make_message_frame(std::string_view type, const Value& data,
                                        Compression compression, std::uint64_t unix_ms) {
  if (type.empty() || type.size() > kNameBytesMax)
    return fail(ErrorCode::kInvalid, fmt::format("a message's type has 1 to {} bytes, got {}",
                                                 kNameBytesMax, type.size()));
  Bytes frame(kHeaderBytes);
  Packer packer(frame);
  packer.map(2);
  packer.text("type");
  packer.text(type);
  packer.text("data");
  packer.value(data);
  const auto bytes = frame.size() - kHeaderBytes;
  if (bytes > kWirePayloadBytesMax)
    return fail(ErrorCode::kTooLarge, too_long("the message", bytes, kWirePayloadBytesMax));
  return MessageFrame{std::make_shared<const Bytes>(make_frame_in_place(
                          FrameType::kMessage, std::move(frame),
                          {.compression = compression, .timestamp_ms = unix_ms})),
                      bytes};
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

Status Connection::send_message(std::string_view type, const Value& data) {
  if (state_ == ConnectionState::kClosed) return closed();
  ORIEL_TRY(auto frame, make_message(type, data));
  if (shared_->is_on_strand()) return has_ended_ ? closed() : put_message(frame);
  if (handed_over_.fetch_add(1) >= shared_->handed_over_max) {
    --handed_over_;
    return fail(ErrorCode::kUnavailable,
                "too many messages are on their way from other threads; try again later");
  }
  const bool is_posted = shared_->post(
      [self = shared_from_this(), frame = std::move(frame), type = std::string(type)] {
        --self->handed_over_;
        auto sent = self->has_ended_ ? closed() : self->put_message(frame);
        if (!sent)
          self->log_.warning("a message was not sent",
                             {{"type", type}, {"reason", sent.error().message}});
      });
  return is_posted ? Status{} : closed();
}

asio::awaitable<Status> Connection::async_send_message(std::string type, Value data) {
  const auto self = shared_from_this();
  auto frame = make_message(type, data);
  if (!frame) co_return std::unexpected(std::move(frame.error()));
  std::function<void(std::function<void(Status)>)> start =
      [self, frame = std::move(*frame)](const std::function<void(Status)>& done) {
        const bool is_posted = self->shared_->post([self, frame, done] {
          self->when_room([self, frame, done](Status room) {
            done(room ? self->put_message(frame) : std::move(room));
          });
        });
        if (!is_posted) done(closed());
      };
  auto waiting = await_callback<Status>(std::move(start));
  co_return co_await std::move(waiting);
}

asio::awaitable<Status> Connection::async_work(std::function<void()> work) {
  const auto self = shared_from_this();
  std::function<void(std::function<void(Status)>)> start =
      [self, work = std::move(work)](const std::function<void(Status)>& done) {
        const bool is_posted =
            self->shared_->post([self, work, done] { self->begin_work(work, done); });
        if (!is_posted) done(closed());
      };
  auto waiting = await_callback<Status>(std::move(start));
  co_return co_await std::move(waiting);
}

void Connection::begin_work(const std::function<void()>& work, std::function<void(Status)> done) {
  if (has_ended_) return done(closed());
  const auto waiting = std::make_shared<std::function<void(Status)>>(std::move(done));
  works_.insert(waiting);
  // A worker never holds who waits: that belongs to the strand.
  const bool is_taken = shared_->workers.run(
      [self = shared_from_this(), work, waiting = std::weak_ptr(waiting)] {
        if (waiting.expired()) return;
        work();
        self->shared_->post([self, waiting] { self->end_work(waiting.lock(), {}); });
      },
      {this, nullptr});
  if (!is_taken) end_work(waiting, fail(ErrorCode::kUnavailable, "no thread could be had for it"));
}

void Connection::end_work(const std::shared_ptr<std::function<void(Status)>>& waiting,
                          Status status) {
  if (waiting && works_.erase(waiting) > 0) (*waiting)(std::move(status));
}

void Connection::when_room(std::function<void(Status)> room) {
  if (has_ended_) return room(closed());
  if (room_waiters_.empty() && session_->has_room()) return room({});
  room_waiters_.push_back(std::move(room));
}

void Connection::when_ended(std::function<void()> ended) {
  if (has_ended_) return ended();
  end_waiters_.push_back(std::move(ended));
}

Sent Connection::offer(const MessageFrame& frame, TopicId topic, TopicPolicy policy) {
  if (has_ended_) return Sent::kClosed;
  if (frame.payload_bytes > sendable_bytes_) {
    log_.warning("a broadcast was not sent",
                 {{"reason", too_long("the message", frame.payload_bytes, sendable_bytes_)}});
    return Sent::kDropped;
  }
  const auto sent = session_->offer(frame.bytes, topic, policy);
  if (sent != Sent::kQueued) return sent;
  {
    std::lock_guard lock(mutex_);
    ++stats_.messages_out;
  }
  kick_soon();
  return sent;
}

// Many small frames leave in one write: the driver is told once, after what happens now; and all
// connections of a broadcast in one turn of the loop.
void Connection::kick_soon() {
  if (is_in_callback_ || has_ended_ || std::exchange(is_kick_due_, true)) return;
  shared_->kicks.push_back(shared_from_this());
  if (shared_->kicks.size() > 1) return;
  asio::post(executor_, [shared = shared_] {
    for (const auto& connection : std::exchange(shared->kicks, {})) {
      connection->is_kick_due_ = false;
      if (connection->has_ended_) continue;
      connection->driver_->kick();
      connection->note_progress();
    }
  });
}

// ---- our calls

asio::awaitable<Answer> Connection::async_request(std::string method, Value params,
                                                  CallOptions options) {
  const auto self = shared_from_this();
  // What the coroutine's own cancellation and the caller's token have in common.
  std::stop_source stop;
  const std::stop_callback linked(options.stop, [stop]() mutable { stop.request_stop(); });
  std::function<void(std::function<void(Answer)>)> start =
      [self, method = std::move(method), params = std::move(params), timeout = options.timeout,
       stop](std::function<void(Answer)> done) {
        self->start_call(method, params, {.timeout = timeout, .stop = stop.get_token()},
                         std::move(done));
      };
  auto waiting =
      await_callback<Answer>(std::move(start), [stop]() mutable { stop.request_stop(); });
  co_return co_await std::move(waiting);
}

asio::awaitable<CallResult<Value>> Connection::async_call(std::string method, Value params,
                                                          CallOptions options) {
  auto asked = async_request(std::move(method), std::move(params), std::move(options));
  co_return data_of(co_await std::move(asked));
}

std::future<CallResult<Value>> Connection::call_future(std::string method, Value params,
                                                       CallOptions options) {
  auto promise = std::make_shared<std::promise<CallResult<Value>>>();
  auto future = promise->get_future();
  start_call(std::move(method), std::move(params), std::move(options),
             [promise](Answer answer) { promise->set_value(data_of(std::move(answer))); });
  return future;
}

void Connection::start_call(std::string method, Value params, CallOptions options,
                            std::function<void(Answer)> done) {
  if (shared_->is_on_strand())
    return begin_call(std::move(method), std::move(params), std::move(options), std::move(done));
  const bool is_posted =
      shared_->post([self = shared_from_this(), method = std::move(method),
                     params = std::move(params), options = std::move(options), done]() mutable {
        self->begin_call(std::move(method), std::move(params), std::move(options), std::move(done));
      });
  if (!is_posted) done(failed(CallCode::kDisconnected, "not connected: the call was not sent"));
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
  Bytes bytes(kHeaderBytes);
  Packer packer(bytes);
  packer.map(says_timeout ? 3 : 2);
  packer.text("method");
  packer.text(method);
  packer.text("params");
  params.is_null() ? packer.map(0) : packer.value(params);
  if (says_timeout) {
    packer.text("timeout_ms");
    packer.integer(options.timeout.count());
  }
  if (const auto size = bytes.size() - kHeaderBytes; size > sendable_bytes_)
    return done(failed(CallCode::kInvalidParams,
                       too_long("the call", size, sendable_bytes_) + ": it was not sent"));
  auto frame =
      std::make_shared<const Bytes>(make_frame_in_place(FrameType::kRpcRequest, std::move(bytes),
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
        options.stop, [weak = weak_from_this(), shared = shared_, correlation] {
          shared->post([weak, correlation] {
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
  const auto call = pending_.find(reply.correlation);
  if (call == pending_.end()) {
    std::lock_guard lock(mutex_);
    ++stats_.replies_unexpected;
    return;
  }
  note_latency(Clock::now() - call->second.sent_at);
  end_call(reply.correlation, read_answer(std::move(reply.envelope), shared_->numbers));
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
  call.stop.reset();
  call.done(std::move(answer));
}

void Connection::note_latency(Duration latency) {
  std::lock_guard lock(mutex_);
  auto& average = stats_.call_latency;
  average = average ? Duration(static_cast<Duration::rep>(
                          kLatencyWeight * static_cast<double>(latency.count()) +
                          (1 - kLatencyWeight) * static_cast<double>(average->count())))
                    : latency;
}

// The timer is set for the earliest deadline, and not again for each call: most are answered long
// before.
void Connection::arm_call_timer() {
  if (call_deadlines_.empty()) return;
  const auto earliest = call_deadlines_.begin()->first;
  if (armed_for_ && *armed_for_ <= earliest) return;
  armed_for_ = earliest;
  call_timer_->expires_at(earliest);
  call_timer_->async_wait([self = shared_from_this()](const boost::system::error_code& error) {
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
    end_call(correlation, failed(CallCode::kTimeout, "no answer came in time"));
    if (has_ended_) return;
  }
  arm_call_timer();
  kick_soon();
}

// ---- the end

Status Connection::closed() { return fail(ErrorCode::kClosed, "the connection has ended"); }

void Connection::close(std::string reason) {
  const auto work = [self = shared_from_this(), reason = std::move(reason)] {
    self->close_now({ErrorCode::kClosed, reason});
  };
  if (shared_->is_on_strand()) return work();
  shared_->post(work);
}

void Connection::close_now(Error reason, net::Farewell farewell) {
  if (has_ended_) return;
  state_ = ConnectionState::kClosing;
  session_->say_close(reason.message);
  driver_->close_after_flush(std::move(reason), farewell);
}

void Connection::cut(Error reason) {
  if (!has_ended_) driver_->close_now(std::move(reason));
}

}  // namespace oriel::conduit

#include "oriel/app/conduit/connection.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "oriel/app/conduit/await_callback.h"
#include "oriel/app/conduit/failed_call.h"

namespace oriel::conduit {
namespace asio = boost::asio;
namespace {

// After so many events of one connection others get their turn.
constexpr int kEventsPerTurn = 64;

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
  pending_.take_all();
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
  for (auto& [correlation, done] : pending_.take_all())
    done(session_->cancel(correlation)
             ? failed_call(CallCode::kDisconnected,
                           fmt::format("the connection was lost ({}); the call was not sent",
                                       reason.message))
             : failed_call(CallCode::kUnknownOutcome,
                           fmt::format("the connection was lost before the answer came ({}); "
                                       "whether the call has run is not known",
                                       reason.message)));
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

// ---- work that may block

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

void Connection::when_ended(std::function<void()> ended) {
  if (has_ended_) return ended();
  end_waiters_.push_back(std::move(ended));
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

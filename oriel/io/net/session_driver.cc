#include "oriel/io/net/session_driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/io/net/tls_stream.h"

namespace oriel::net {

using boost::asio::awaitable;

namespace {

// Sets a flag for a scope.
class FlagScope {
 public:
  explicit FlagScope(bool& flag) : flag_(flag), before_(std::exchange(flag, true)) {}
  ~FlagScope() { flag_ = before_; }
  FlagScope(const FlagScope&) = delete;
  FlagScope& operator=(const FlagScope&) = delete;

 private:
  bool& flag_;
  bool before_;
};

// Lets everything that is ready go first.
awaitable<void> yield_turn(const boost::asio::any_io_executor& executor) {
  co_await boost::asio::post(executor, boost::asio::use_awaitable);
}

}  // namespace

SessionDriver::SessionDriver(boost::asio::any_io_executor executor, StreamPointer stream,
                             Session& session, SessionHost& host, SessionDriverLimits limits,
                             TlsEngineMaker make_tls)
    : executor_(std::move(executor)),
      stream_(std::move(stream)),
      session_(session),
      host_(host),
      limits_(limits),
      make_tls_(std::move(make_tls)),
      room_bytes_(std::min(limits.idle_buffer_bytes, limits.read_buffer_bytes)),
      reader_wake_(executor_),
      rest_timer_(executor_),
      writer_wake_(executor_),
      deadline_timer_(executor_),
      end_timer_(executor_) {}

void SessionDriver::start() {
  ORIEL_CHECK(state_ == State::kIdle);
  state_ = State::kRunning;
  loops_ = 2;
  auto self = shared_from_this();
  boost::asio::co_spawn(executor_, [self] { return self->read_loop(); }, boost::asio::detached);
  boost::asio::co_spawn(executor_, [self] { return self->write_loop(); }, boost::asio::detached);
  arm_deadline();
}

void SessionDriver::kick() {
  if (state_ != State::kRunning || is_in_callback_) return;
  may_offer_ = true;
  look_for_transition();
  pump_unless_busy();
  arm_deadline();
  wake_rested_reader();
}

void SessionDriver::close_after_flush(Error reason, Farewell farewell) {
  if (!reason_) {
    reason_ = std::move(reason);
    farewell_ = farewell;
  }
  if (state_ != State::kRunning) return;
  state_ = State::kFlushing;
  deadline_timer_.cancel();
  arm_end_timer(limits_.flush_timeout);
  reader_wake_.notify();
  // Inside pump() and receive the caller goes on and sees the new state.
  if (!is_writer_busy_) next_ = Step::kWrite;
  writer_wake_.notify();
}

void SessionDriver::close_now(Error reason) {
  if (!reason_) reason_ = std::move(reason);
  if (state_ == State::kIdle || state_ == State::kClosed || state_ == State::kEnded) return;
  state_ = State::kClosed;
  stream_->close();
  deadline_timer_.cancel();
  end_timer_.cancel();
  rest_timer_.cancel();
  reader_wake_.notify();
  writer_wake_.notify();
}

// ---- input ------------------------------------------------------------------------------------

awaitable<void> SessionDriver::read_loop() {
  int reads = 0;
  while (state_ != State::kClosed) {
    co_await pause_reading();
    if (is_tls_wanted()) {
      co_await start_tls();
      continue;
    }
    if (state_ == State::kClosed) break;
    if (++reads > limits_.reads_per_turn) {
      reads = 0;
      co_await yield_turn(executor_);
      if (state_ == State::kClosed) break;
    }
    make_room();
    auto count = co_await stream_->read_some(std::span(buffer_).subspan(end_));
    if (state_ == State::kClosed) break;
    if (!count) {
      close_after_flush(count.error());
      break;
    }
    note_read(*count);
    if (state_ != State::kRunning) continue;  // what comes after the end is dropped
    end_ += *count;
    if (end_ - begin_ >= wanted_) handle_input();
  }
  loop_ended();
}

// While the peer does not read what it asked for, and while the session rests. What was left when
// the session began to rest is shown to it when the rest is over.
awaitable<void> SessionDriver::pause_reading() {
  while (state_ == State::kRunning && !is_tls_wanted()) {
    if (has_too_many_answers()) {
      co_await reader_wake_.wait();
    } else if (is_session_resting()) {
      co_await rest();
    } else if (std::exchange(turn_ended_, false)) {
      co_await yield_turn(executor_);
    } else if (end_ - begin_ >= wanted_) {
      handle_input();
    } else {
      co_return;
    }
  }
}

awaitable<void> SessionDriver::rest() {
  resting_until_ = session_.rests_until();
  if (resting_until_ != TimePoint::max()) {
    rest_timer_.expires_at(*resting_until_);
    rest_timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
      if (!error) self->reader_wake_.notify();
    });
  }
  co_await reader_wake_.wait();
  resting_until_.reset();
  rest_timer_.cancel();
}

// Which looks again: the rest may be over, longer or shorter.
void SessionDriver::wake_rested_reader() {
  if (state_ == State::kRunning && resting_until_ && resting_until_ != session_.rests_until())
    reader_wake_.notify();
}

// Between two reads, so that the stream can be exchanged. All that was said before is written
// first.
awaitable<void> SessionDriver::start_tls() {
  while (state_ == State::kRunning && (is_writer_busy_ || !session_.output().empty()))
    co_await reader_wake_.wait();
  if (state_ != State::kRunning) co_return;
  is_shaking_hands_ = true;
  auto peer = co_await shake_hands();
  if (state_ == State::kClosed) co_return;
  if (!peer) {
    close_after_flush(peer.error());
    co_return;
  }
  is_shaking_hands_ = false;
  if (state_ != State::kRunning) co_return;
  wanted_ = 1;
  {
    FlagScope in_callback(is_in_callback_);
    const auto status = session_.tls_started(*peer, Clock::now());
    if (!status) close_after_flush(status.error());
    host_.session_progressed();
  }
  look_for_transition();
  if (state_ != State::kRunning) co_return;
  may_offer_ = true;
  pump_unless_busy();
  arm_deadline();
}

// The deadline ends it when the peer takes too long: it closes the stream.
awaitable<Result<TlsPeer>> SessionDriver::shake_hands() {
  auto engine = make_tls_(session_.transition());
  if (!engine) co_return std::unexpected(engine.error());
  auto tls = make_tls_stream(executor_, std::move(stream_), std::move(*engine));
  auto& begun = *tls;
  stream_ = std::move(tls);
  const auto status = co_await begun.handshake();
  if (!status) co_return std::unexpected(status.error());
  TlsPeer peer{begun.engine().peer_fingerprint(), begun.engine().is_peer_verified()};
  co_return peer;
}

bool SessionDriver::is_session_resting() const {
  const auto until = session_.rests_until();
  return until && Clock::now() < *until;
}

bool SessionDriver::has_too_many_answers() const {
  return answer_bytes_ > limits_.unread_answers_bytes ||
         session_.output().size_bytes() > limits_.output_bytes;
}

// Leaves room for at least half a buffer, and for a large message for as much again as has arrived:
// what a peer only announces takes no memory. Bytes are moved only when they are fewer than the
// space in front of them, or into a buffer of at least twice their size: a bounded number of times.
void SessionDriver::make_room() {
  if (state_ != State::kRunning) begin_ = end_ = 0;
  auto kept = end_ - begin_;
  if (kept == 0) begin_ = end_ = 0;
  auto missing = wanted_ > kept ? wanted_ - kept : 0;
  auto needed = kept + std::max(room_bytes_ / 2, std::min(missing, kept));
  // One huge message must not hold its memory for ever, nor a busy hour that is over.
  const bool is_idle = small_reads_ >= limits_.small_reads_until_idle;
  if (kept == 0 && buffer_.size() > (is_idle ? room_bytes_ : 4 * limits_.read_buffer_bytes)) {
    buffer_ = {};
  }
  if (buffer_.size() - begin_ >= needed) return;
  if (buffer_.size() >= needed && begin_ >= kept) {
    std::memmove(buffer_.begin(), buffer_.begin() + begin_, kept);
  } else {
    ReadBuffer larger(std::max({needed, room_bytes_, 2 * kept}));
    std::copy_n(buffer_.begin() + begin_, kept, larger.begin());
    buffer_ = std::move(larger);
  }
  begin_ = 0;
  end_ = kept;
}

// Reads of `count` bytes into all the room there was (before end_ moves) find the best size of it.
void SessionDriver::note_read(std::size_t count) {
  bytes_in_ += count;
  const auto idle = std::min(limits_.idle_buffer_bytes, limits_.read_buffer_bytes);
  if (count == buffer_.size() - end_) {
    room_bytes_ = std::min(2 * room_bytes_, limits_.read_buffer_bytes);
    small_reads_ = 0;
  } else if (count >= idle) {
    small_reads_ = 0;
  } else if (small_reads_ < limits_.small_reads_until_idle &&
             ++small_reads_ == limits_.small_reads_until_idle) {
    room_bytes_ = idle;
  }
}

// Shows the session everything that is there, also what arrived meanwhile, then lets it answer.
void SessionDriver::handle_input() {
  {
    FlagScope in_callback(is_in_callback_);
    for (int reads = 0; reads < limits_.reads_per_turn; ++reads) {
      receive_all();
      if (state_ != State::kRunning || turn_ended_ || end_ < buffer_.size()) break;
      if (has_too_many_answers() || is_session_resting() || is_tls_wanted()) break;
      make_room();  // the buffer was full: there may be more
      auto more = stream_->try_read(std::span(buffer_).subspan(end_));
      if (!more || *more == 0) break;  // an error shows up in the next read_some again
      note_read(*more);
      end_ += *more;
    }
    // What the last read of this turn brought may be all that comes for a long time.
    if (state_ == State::kRunning && !turn_ended_) receive_all();
    if (state_ != State::kClosed) host_.session_progressed();
  }
  look_for_transition();
  if (state_ != State::kRunning) return;
  may_offer_ = true;
  pump_unless_busy();
  arm_deadline();
}

void SessionDriver::receive_all() {
  while (session_.transition() == Transition::kNone && end_ - begin_ >= wanted_ &&
         !is_session_resting()) {
    auto before = session_.output().size_bytes();
    const auto now = Clock::now();
    auto need = session_.receive(std::span(buffer_).subspan(begin_, end_ - begin_), now);
    answer_bytes_ +=
        session_.output().size_bytes() - std::min(before, session_.output().size_bytes());
    if (!need) return close_after_flush(need.error());
    ORIEL_CHECK(need->consumed <= end_ - begin_ && need->wanted >= 1);
    begin_ += need->consumed;
    // A session that took nothing wants more than it was shown.
    const bool takes_more = need->consumed > 0 || session_.rests_until() > now;
    wanted_ = takes_more ? need->wanted : std::max(need->wanted, end_ - begin_ + 1);
    if (wanted_ > limits_.read_buffer_max_bytes) {
      return close_after_flush(
          {ErrorCode::kTooLarge, fmt::format("a message of {} bytes, at most {}", wanted_,
                                             limits_.read_buffer_max_bytes)});
    }
    if (need->ends_turn) {
      turn_ended_ = true;
      return;
    }
  }
}

void SessionDriver::look_for_transition() {
  if (state_ != State::kRunning) return;
  switch (session_.transition()) {
    case Transition::kNone:
      return;
    case Transition::kClose:
      return close_after_flush({ErrorCode::kClosed, "the session ended"});
    case Transition::kStartTlsServer:
    case Transition::kStartTlsClient:
    case Transition::kStartTlsClientAnonymous:
      if (is_shaking_hands_) return;
      if (!make_tls_)
        return close_after_flush({ErrorCode::kUnsupported, "TLS is not supported on this stream"});
      // Whoever put them there would be heard as if they had come through TLS.
      if (begin_ != end_)
        close_after_flush({ErrorCode::kInvalid,
                           fmt::format("{} bytes came before TLS had begun", end_ - begin_)});
  }
}

bool SessionDriver::is_tls_wanted() const {
  if (state_ != State::kRunning) return false;
  const auto transition = session_.transition();
  return transition != Transition::kNone && transition != Transition::kClose;
}

// ---- output -----------------------------------------------------------------------------------

void SessionDriver::pump_unless_busy() {
  if (is_writer_busy_ || state_ != State::kRunning) return;
  next_ = pump();
  if (next_ != Step::kRest) writer_wake_.notify();
}

awaitable<void> SessionDriver::write_loop() {
  next_ = pump();
  while (state_ == State::kRunning || state_ == State::kFlushing) {
    if (next_ == Step::kRest) {
      if (state_ == State::kFlushing) break;
      is_writer_busy_ = false;
      if (is_tls_wanted()) reader_wake_.notify();
      co_await writer_wake_.wait();
      is_writer_busy_ = true;
      continue;
    }
    if (next_ == Step::kWrite && !session_.output().empty() && !is_shaking_hands_) {
      auto count = co_await write_waiting();
      if (state_ == State::kClosed) break;
      if (!count) {
        close_now(count.error());
        break;
      }
      wrote(*count);
    } else if (next_ == Step::kAwaitWritable && state_ == State::kRunning) {
      auto status = co_await stream_->wait_writable();
      if (!status) {
        close_now(status.error());
        break;
      }
      co_await yield_turn(executor_);  // input first
      if (state_ == State::kClosed) break;
    }
    next_ = pump();
    if (state_ == State::kRunning) arm_deadline();
  }
  if (state_ == State::kFlushing) {
    state_ = State::kDraining;
    arm_end_timer(limits_.drain_timeout);
    if (reason_) stream_->set_close_reason(reason_->message, farewell_);
    co_await stream_->shutdown_send();
  }
  loop_ended();
}

// A coroutine of its own, so that the pieces take memory only while a write waits.
awaitable<Result<std::size_t>> SessionDriver::write_waiting() {
  std::array<ByteSpan, kMaxWritePieces> pieces;
  const auto count = session_.output().gather(pieces);
  co_return co_await stream_->write_some(std::span(pieces).first(count));
}

// Writes what there is, and asks the session for more once.
SessionDriver::Step SessionDriver::pump() {
  // What was said meanwhile waits for TLS, and is never said when that fails.
  if (is_shaking_hands_) {
    if (state_ != State::kRunning) session_.output().clear();
    return Step::kRest;
  }
  for (bool has_offered = false;;) {
    while (!session_.output().empty()) {
      std::array<ByteSpan, kMaxWritePieces> pieces;
      auto count = stream_->try_write(std::span(pieces).first(session_.output().gather(pieces)));
      if (!count) {
        close_now(count.error());
        return Step::kRest;
      }
      if (*count == 0) return Step::kWrite;
      wrote(*count);
    }
    if (state_ != State::kRunning || !may_offer_) return Step::kRest;
    const bool takes_more =
        host_.waits_for_room() ? stream_->is_writable_now() : stream_->is_flushed();
    if (has_offered || !takes_more) return Step::kAwaitWritable;
    has_offered = true;
    if (!offer()) return Step::kRest;
  }
}

// False when the stream was closed in it.
bool SessionDriver::offer() {
  {
    FlagScope in_callback(is_in_callback_);
    may_offer_ = false;
    if (host_.waits_for_room()) session_.writable(Clock::now(), stream_->unsent_bytes());
    host_.session_writable();
  }
  look_for_transition();
  wake_rested_reader();
  return state_ != State::kClosed;
}

void SessionDriver::wrote(std::size_t count) {
  bytes_out_ += count;
  auto& output = session_.output();
  output.consume(count);
  answer_bytes_ = std::min(answer_bytes_, output.size_bytes());
  if (output.empty()) may_offer_ = true;
  reader_wake_.notify();
}

// ---- time and the end -------------------------------------------------------------------------

void SessionDriver::arm_deadline() {
  if (state_ != State::kRunning) return;
  auto deadline = session_.deadline();
  if (deadline == armed_deadline_) return;
  armed_deadline_ = deadline;
  deadline_timer_.cancel();
  if (!deadline) return;
  deadline_timer_.expires_at(std::max(*deadline, earliest_deadline_));
  deadline_timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
    if (!error) self->deadline_reached();
  });
}

void SessionDriver::deadline_reached() {
  auto now = Clock::now();
  if (state_ != State::kRunning || !armed_deadline_ || now < *armed_deadline_) return;
  armed_deadline_.reset();
  earliest_deadline_ = now + std::chrono::milliseconds(1);
  {
    FlagScope in_callback(is_in_callback_);
    auto status = session_.deadline_passed(now);
    if (!status) close_after_flush(status.error());
    if (state_ != State::kClosed) host_.session_progressed();
  }
  look_for_transition();
  if (state_ != State::kRunning) return;
  may_offer_ = true;
  pump_unless_busy();
  arm_deadline();
  wake_rested_reader();
}

void SessionDriver::arm_end_timer(std::chrono::milliseconds timeout) {
  end_timer_.expires_after(timeout);
  end_timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
    if (!error) self->close_now({ErrorCode::kTimeout, "the peer did not read the end"});
  });
}

void SessionDriver::loop_ended() {
  if (--loops_ > 0) {
    return;
  }
  close_now({ErrorCode::kClosed, "the session ended"});
  state_ = State::kEnded;
  host_.session_ended(*reason_);
}

}  // namespace oriel::net

#include "oriel/core/conduit/peer_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/core/conduit/message_pack.h"
#include "oriel/core/conduit/response.h"

namespace oriel::conduit {
namespace {

// While a long frame comes in, the session is shown it after each so many bytes: they are signs of
// life.
constexpr std::size_t kLookEveryBytes = 64 * 1024;
// A frame of up to this size is copied behind the others, so that small ones leave together.
constexpr std::size_t kCopyBytes = 4 * 1024;
constexpr std::size_t kReasonBytesMax = 500;

SharedBytes share(Bytes bytes) { return std::make_shared<const Bytes>(std::move(bytes)); }

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// As much as came in one second may come at once.
double refilled(double allowance, double rate, double elapsed_s) {
  return std::min(rate, allowance + rate * elapsed_s);
}

Duration time_to_earn(double allowance, double rate) {
  if (allowance >= 0) return Duration::zero();
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(-allowance / rate));
}

std::optional<std::int64_t> positive_integer(const Value* value) {
  const auto* number = value != nullptr ? value->if_integer() : nullptr;
  if (number == nullptr || *number <= 0) return std::nullopt;
  return *number;
}

}  // namespace

PeerSession::PeerSession(SessionLimits limits, SessionStart start)
    : limits_(limits),
      start_(start),
      outbox_(limits.send_queue, limits.send_queue_bytes),
      allowed_at_(start.now),
      heard_at_(start.now),
      check_at_(start.now + limits.auth_timeout),
      now_(start.now) {
  if (limits_.rate) {
    messages_allowance_ = limits_.rate->messages_per_second;
    bytes_allowance_ = limits_.rate->bytes_per_second;
  }
}

std::optional<SessionEvent> PeerSession::take_event() {
  if (events_.empty()) return std::nullopt;
  auto event = std::move(events_.front());
  events_.pop_front();
  return event;
}

SessionStats PeerSession::stats() const {
  auto stats = stats_;
  stats.messages_dropped = outbox_.dropped();
  return stats;
}

std::uint64_t PeerSession::unix_ms(TimePoint now) const {
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - start_.now);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, start_.unix_ms + passed.count()));
}

// ---- in

std::size_t PeerSession::payload_bytes_max() const {
  return state_ == State::kLogin ? std::min(kLoginBytes, limits_.message_bytes)
                                 : limits_.message_bytes;
}

Result<Need> PeerSession::receive(ByteSpan bytes, TimePoint now) {
  now_ = now;
  heard_at_ = now;
  Need need;
  while (state_ != State::kClosing) {
    const auto rest = bytes.subspan(need.consumed);
    need.wanted = kHeaderBytes;
    if (rests_until() > now) return need;
    if (rest.empty()) {
      need.wanted = 1;
      return need;
    }
    // What is not the conduit's is told from its first bytes: whoever speaks something else may
    // never send a whole header.
    if (rest.size() < kHeaderBytes && as_text(rest.first(std::min<std::size_t>(rest.size(), 4))) ==
                                          std::string_view("CNDT").substr(0, rest.size()))
      return need;
    auto header = parse_frame_header(rest, payload_bytes_max());
    if (!header) return fail_session(std::move(header.error()), now);
    const auto frame_bytes = kHeaderBytes + header->payload_bytes;
    if (rest.size() < frame_bytes) {
      need.wanted = std::min(frame_bytes, rest.size() + kLookEveryBytes);
      return need;
    }
    auto status = receive_frame(*header, rest.subspan(kHeaderBytes, header->payload_bytes), now);
    if (!status) return fail_session(std::move(status.error()), now);
    need.consumed += frame_bytes;
    spend(frame_bytes, now);
  }
  need.consumed = bytes.size();
  need.wanted = 1;
  return need;
}

std::optional<TimePoint> PeerSession::rests_until() const {
  if (items_ >= limits_.receive_queue) return TimePoint::max();
  return rests_until_;
}

Status PeerSession::receive_frame(const FrameHeader& header, ByteSpan payload, TimePoint now) {
  ++stats_.frames_in;
  ORIEL_TRY(auto value, read_payload(header, payload, payload_bytes_max()));
  if (state_ == State::kLogin) return receive_login(header, value, now);
  return receive_open(header, std::move(value), now);
}

Status PeerSession::receive_open(const FrameHeader& header, Value payload, TimePoint now) {
  switch (header.type) {
    case FrameType::kMessage:
      return receive_message(std::move(payload));
    case FrameType::kRpcRequest:
      return receive_call(header.correlation, std::move(payload), now);
    case FrameType::kRpcList:
      return receive_call(header.correlation, Map{{"method", "listall"}}, now);
    case FrameType::kRpcResponse:
    case FrameType::kRpcError:
      return receive_reply(header.correlation, payload);
    case FrameType::kPing:
      ++stats_.pings_received;
      say(FrameType::kPong, nullptr, now);
      return {};
    case FrameType::kPong:
      ++stats_.pongs_received;
      if (pinged_at_) stats_.round_trip = now - *std::exchange(pinged_at_, std::nullopt);
      return {};
    case FrameType::kPause:
    case FrameType::kResume: {
      const bool pauses = header.type == FrameType::kPause;
      ++(pauses ? stats_.pauses_received : stats_.resumes_received);
      if (!limits_.has_backpressure || pauses == is_paused_) return {};
      is_paused_ = pauses;
      tell(PeerPaused{pauses});
      flush_outbox();
      return {};
    }
    case FrameType::kNack:
      if (calls_.contains(header.correlation)) tell(CallCancelled{header.correlation});
      return {};
    case FrameType::kAck:
    case FrameType::kCloseAck:
      return {};
    case FrameType::kClose:
      receive_close(payload, now);
      return {};
    case FrameType::kAuthRequest:
    case FrameType::kAuthSuccess:
    case FrameType::kAuthFailure:
      break;
  }
  return fail(ErrorCode::kInvalid, fmt::format("{} came after the log-in, where it has no place",
                                               frame_type_name(header.type)));
}

Status PeerSession::receive_message(Value payload) {
  auto* map = payload.if_map();
  auto* type = map != nullptr ? map->find("type") : nullptr;
  auto* name = type != nullptr ? type->if_text() : nullptr;
  if (name == nullptr || name->empty() || name->size() > kNameBytesMax)
    return fail(
        ErrorCode::kInvalid,
        fmt::format("MESSAGE: expected a map with \"type\" as text of 1 to {} bytes, got {}",
                    kNameBytesMax,
                    map == nullptr    ? describe(payload)
                    : type == nullptr ? "a map without it"
                                      : fmt::format("\"type\" as {}", describe(*type))));
  auto* data = map->find("data");
  item_came();
  tell(MessageReceived{std::move(*name), data != nullptr ? std::move(*data) : Value()});
  return {};
}

Status PeerSession::receive_call(std::uint64_t correlation, Value payload, TimePoint now) {
  // An answer could not be told from that of the first.
  if (correlation != 0 && calls_.contains(correlation))
    return fail(ErrorCode::kInvalid,
                fmt::format("RPC_REQUEST: the correlation id {} is that of a call that has no "
                            "answer yet",
                            correlation));
  auto* map = payload.if_map();
  auto* method = map != nullptr ? map->find("method") : nullptr;
  auto* name = method != nullptr ? method->if_text() : nullptr;
  if (name == nullptr || name->empty() || name->size() > kNameBytesMax) {
    refuse_call(correlation,
                fmt::format("RPC method not found: expected a map with \"method\" as text of 1 to "
                            "{} bytes",
                            kNameBytesMax),
                now);
    return {};
  }
  CallReceived call{.correlation = correlation, .method = std::move(*name)};
  if (auto* params = map->find("params")) call.params = std::move(*params);
  call.timeout_ms = positive_integer(map->find("timeout_ms"));
  if (correlation != 0) calls_.insert(correlation);
  item_came();
  tell(std::move(call));
  return {};
}

void PeerSession::refuse_call(std::uint64_t correlation, std::string message, TimePoint now) {
  const CallError error{.code = CallCode::kMethodNotFound, .message = std::move(message)};
  say(FrameType::kRpcResponse,
      Map{{"success", true},
          {"result", write_answer(std::unexpected(error), ErrorNumbers::kPrograms)}},
      now, correlation);
}

Status PeerSession::receive_reply(std::uint64_t correlation, const Value& payload) {
  ORIEL_TRY(auto envelope, envelope_of_response(payload));
  tell(ReplyReceived{correlation, std::move(envelope)});
  return {};
}

void PeerSession::receive_close(const Value& payload, TimePoint now) {
  const auto* reason = payload.find("reason");
  const auto* text = reason != nullptr ? reason->if_text() : nullptr;
  tell(PeerClosed{text != nullptr ? text->substr(0, kReasonBytesMax) : std::string()});
  say(FrameType::kCloseAck, nullptr, now);
  end();
}

std::unexpected<Error> PeerSession::fail_session(Error error, TimePoint now) {
  // A peer that speaks the conduit is told why.
  if (stats_.frames_in > 0 || error.code != ErrorCode::kInvalid)
    say(FrameType::kClose, Map{{"reason", error.message}}, now);
  end();
  return std::unexpected(std::move(error));
}

// ---- flow

void PeerSession::item_came() {
  ++items_;
  const auto high = kHighWaterMark * static_cast<double>(limits_.receive_queue);
  if (!limits_.has_backpressure || has_paused_peer_ || static_cast<double>(items_) < high) return;
  has_paused_peer_ = true;
  ++stats_.pauses_sent;
  say(FrameType::kPause, nullptr, now_);
}

void PeerSession::item_done() {
  ORIEL_CHECK(items_ > 0);
  --items_;
  const auto low = kLowWaterMark * static_cast<double>(limits_.receive_queue);
  if (!has_paused_peer_ || static_cast<double>(items_) > low) return;
  has_paused_peer_ = false;
  if (state_ != State::kOpen) return;
  ++stats_.resumes_sent;
  say(FrameType::kResume, nullptr, now_);
}

void PeerSession::message_handled() { item_done(); }

void PeerSession::spend(std::size_t bytes, TimePoint now) {
  if (!limits_.rate) return;
  const auto& rate = *limits_.rate;
  const auto elapsed = seconds(now - std::exchange(allowed_at_, now));
  messages_allowance_ = refilled(messages_allowance_, rate.messages_per_second, elapsed) - 1;
  bytes_allowance_ =
      refilled(bytes_allowance_, rate.bytes_per_second, elapsed) - static_cast<double>(bytes);
  const auto wait = std::max(time_to_earn(messages_allowance_, rate.messages_per_second),
                             time_to_earn(bytes_allowance_, rate.bytes_per_second));
  rests_until_ = wait > Duration::zero() ? std::optional(now + wait) : std::nullopt;
}

// ---- out

bool PeerSession::is_ahead() const {
  return is_paused_ || output_.size_bytes() >= kOutputAheadBytes;
}

void PeerSession::put(SharedBytes frame) {
  ++stats_.frames_out;
  if (frame->size() <= kCopyBytes) {
    output_.append(*frame);
  } else {
    output_.append_shared(std::move(frame));
  }
}

void PeerSession::flush_outbox() {
  while (!outbox_.empty() && !is_ahead()) put(outbox_.pop());
}

Sent PeerSession::send(SharedBytes frame) {
  if (!is_open()) return Sent::kClosed;
  if (!outbox_.empty() || is_ahead()) return outbox_.push(std::move(frame));
  put(std::move(frame));
  return Sent::kQueued;
}

Sent PeerSession::offer(SharedBytes frame, TopicId topic, TopicPolicy policy) {
  if (!is_open()) return Sent::kClosed;
  if (!outbox_.empty() || is_ahead()) return outbox_.push(std::move(frame), topic, policy);
  put(std::move(frame));
  return Sent::kQueued;
}

void PeerSession::answer(std::uint64_t correlation, SharedBytes frame) {
  if (correlation != 0 && calls_.erase(correlation) == 0) return;
  item_done();
  if (is_open()) put(std::move(frame));
}

void PeerSession::cancel(std::uint64_t correlation) {
  if (is_open() && peer_.is_oriel) say(FrameType::kNack, nullptr, now_, correlation);
}

void PeerSession::say_close(std::string_view reason) {
  if (state_ == State::kClosing) return;
  say(FrameType::kClose, Map{{"reason", reason.substr(0, kReasonBytesMax)}}, now_);
  end();
}

void PeerSession::say(FrameType type, const Value& payload, TimePoint now,
                      std::uint64_t correlation) {
  put(share(make_frame(type, payload, {.timestamp_ms = unix_ms(now), .correlation = correlation})));
}

void PeerSession::writable(TimePoint now, std::size_t /*unsent_bytes*/) {
  now_ = now;
  flush_outbox();
}

// ---- life

void PeerSession::open(Opened opened, TimePoint now) {
  state_ = State::kOpen;
  peer_ = opened.peer;
  check_at_ = now + limits_.heartbeat_interval;
  tell(std::move(opened));
}

std::optional<TimePoint> PeerSession::deadline() const {
  if (state_ == State::kClosing) return std::nullopt;
  return check_at_;
}

Status PeerSession::deadline_passed(TimePoint now) {
  now_ = now;
  if (state_ == State::kClosing || now < check_at_) return {};
  if (state_ == State::kLogin)
    return fail_session({ErrorCode::kTimeout,
                         fmt::format("no log-in within {:g} s", seconds(limits_.auth_timeout))},
                        now);
  if (now - heard_at_ >= limits_.heartbeat_timeout)
    return fail_session({ErrorCode::kTimeout, fmt::format("the peer was silent for {:g} s",
                                                          seconds(limits_.heartbeat_timeout))},
                        now);
  look_at_stall(now);
  if (stalled_since_ && now - *stalled_since_ >= limits_.connection_timeout)
    return fail_session({ErrorCode::kTimeout, fmt::format("the peer has read nothing for {:g} s",
                                                          seconds(limits_.connection_timeout))},
                        now);
  auto next = heard_at_ + limits_.heartbeat_interval;
  if (next <= now) {
    if (!pinged_at_ || now - *pinged_at_ >= limits_.heartbeat_interval) {
      pinged_at_ = now;
      ++stats_.pings_sent;
      say(FrameType::kPing, nullptr, now);
    }
    next = std::min(now + limits_.heartbeat_interval, heard_at_ + limits_.heartbeat_timeout);
  }
  // Half of it, so that a stall is seen at most half too late.
  check_at_ = std::min(next, now + limits_.connection_timeout / 2);
  return {};
}

// What waits, and that nothing of it has left since the last look.
void PeerSession::look_at_stall(TimePoint now) {
  const auto written = output_.written_bytes();
  const bool is_stalled = !output_.empty() && written == written_at_check_;
  written_at_check_ = written;
  if (!is_stalled) {
    stalled_since_.reset();
  } else if (!stalled_since_) {
    stalled_since_ = now;
  }
}

}  // namespace oriel::conduit

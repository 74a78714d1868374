#include "oriel/core/conduit/peer_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/core/conduit/response.h"
#include "oriel/core/conduit/utf8.h"

namespace oriel::conduit {
namespace {

constexpr std::string_view kMagic = "CNDT";
// A frame of up to this size is copied behind the others, so that small ones leave together.
constexpr std::size_t kCopyBytes = 4 * 1024;
// A rest for the rate ends at the latest after this; what is owed stays owed.
constexpr double kRestMaxS = 24 * 60 * 60;

SharedBytes share(Bytes bytes) { return std::make_shared<const Bytes>(std::move(bytes)); }

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

TimePoint later(TimePoint time, Duration by) {
  return by < TimePoint::max() - time ? time + by : TimePoint::max();
}

// Takes `cost` from what `rate` a second has earned (of it, as much as comes in one second may come
// at once), and says how long it takes to earn what is missing.
Duration charge(double& allowance, double rate, double cost, double elapsed_s) {
  if (!(rate > 0)) return Duration::zero();
  allowance = std::min(rate, allowance + rate * elapsed_s) - cost;
  if (allowance >= 0) return Duration::zero();
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(std::min(-allowance / rate, kRestMaxS)));
}

// Roughly what it takes in memory.
std::size_t footprint(const Value& value) {
  std::size_t bytes = sizeof(Value);
  if (const auto* text = value.if_text()) bytes += text->size();
  if (const auto* blob = value.if_bytes()) bytes += blob->size();
  if (const auto* extension = value.if_extension()) bytes += extension->bytes.size();
  if (const auto* array = value.if_array())
    for (const auto& element : *array) bytes += footprint(element);
  if (const auto* map = value.if_map())
    for (const auto& [key, member] : *map) bytes += sizeof key + key.size() + footprint(member);
  return bytes;
}

// What counts against the receive queue. Small payloads are not looked into: a queue of them is not
// large, whatever they hold.
std::size_t held_bytes(const FrameHeader& header, const Value& payload) {
  const auto bytes = kHeaderBytes + header.payload_bytes;
  const bool is_small = !header.is_compressed() && header.payload_bytes <= kCompressAboveBytes;
  return is_small ? bytes : std::max(bytes, footprint(payload));
}

std::optional<std::int64_t> call_timeout_ms(const Value* value) {
  if (value == nullptr) return std::nullopt;
  constexpr std::int64_t kMax = kCallTimeoutMax.count();
  if (value->if_unsigned() != nullptr) return kMax;
  const auto* number = value->if_integer();
  if (number == nullptr || *number <= 0) return std::nullopt;
  return std::min(*number, kMax);
}

// From the first byte, so that the answer is the same however the bytes are cut.
std::string_view speaker_of(std::string_view bytes) {
  if (bytes.starts_with('\x16')) return "what looks like TLS";
  if (bytes.starts_with('R')) return "what looks like VNC";
  if (std::string_view("GPHOD").contains(bytes.front())) return "what looks like HTTP";
  return "something else";
}

}  // namespace

PeerSession::PeerSession(SessionLimits limits, SessionStart start)
    : limits_(limits),
      start_(start),
      outbox_(limits.send_queue, limits.send_queue_bytes),
      allowed_at_(start.now),
      heard_at_(start.now),
      check_at_(later(start.now, limits.auth_timeout)),
      moved_at_(start.now),
      now_(start.now) {
  if (limits_.rate) {
    messages_allowance_ = limits_.rate->messages_per_second;
    bytes_allowance_ = limits_.rate->bytes_per_second;
  }
}

std::optional<SessionEvent> PeerSession::take_event() {
  if (events_.empty()) return std::nullopt;
  auto told = std::move(events_.front());
  events_.pop_front();
  reply_bytes_ -= told.bytes;
  return std::move(told.event);
}

bool PeerSession::is_answering() const {
  return !events_.empty() && std::holds_alternative<CallReceived>(events_.front().event) &&
         std::min(answer_bytes_, output_.size_bytes()) >= kUnreadAnswerBytes;
}

SessionStats PeerSession::stats() const {
  auto stats = stats_;
  stats.messages_dropped = outbox_.dropped();
  return stats;
}

std::size_t PeerSession::sendable_bytes() const {
  const auto said = peer_.max_message_bytes;
  return std::min(said > 0 ? said : limits_.message_bytes, kWirePayloadBytesMax);
}

ProgramFacts PeerSession::own_facts(ProgramFacts facts) const {
  if (facts.is_oriel) facts.max_message_bytes = limits_.message_bytes;
  return facts;
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
  asked_at_.reset();
  rests_for_room_ = false;
  turn_bytes_ = 0;
  Need need;
  while (state_ != State::kClosing) {
    const auto rest = bytes.subspan(need.consumed);
    need.wanted = 1;
    if (is_full()) {
      rests_for_room_ = has_not_listened_ = true;
      return need;
    }
    if (rest.empty() || rests_until_ > now) return need;
    need.ends_turn = turn_bytes_ >= kTurnBytes || need.consumed >= kTurnWireBytes;
    if (need.ends_turn) return need;
    auto consumed = receive_one(rest, need.wanted, now);
    if (!consumed) return fail_session(std::move(consumed.error()), now);
    if (*consumed == 0) return need;
    need.consumed += *consumed;
    spend(*consumed, now);
  }
  need.consumed = bytes.size();
  need.wanted = 1;
  return need;
}

// The bytes of the frame at the front; 0 when it is not complete, and then says what is wanted.
Result<std::size_t> PeerSession::receive_one(ByteSpan bytes, std::size_t& wanted, TimePoint now) {
  // Whoever speaks something else may never send a whole header.
  const auto magic = as_text(bytes.first(std::min(bytes.size(), kMagic.size())));
  if (magic != kMagic.substr(0, magic.size()))
    return fail(ErrorCode::kInvalid,
                fmt::format("expected a frame, which begins with \"{}\", got {}", kMagic,
                            speaker_of(magic)));
  wanted = bytes.size() < kMagic.size() ? bytes.size() + 1 : kHeaderBytes;
  if (bytes.size() < kHeaderBytes) return 0;
  ORIEL_TRY(const auto header, parse_frame_header(bytes, payload_bytes_max()));
  const auto frame_bytes = kHeaderBytes + header.payload_bytes;
  // Any part of a long frame is worth a look: it is a sign of life.
  wanted = bytes.size() + 1;
  if (bytes.size() < frame_bytes) return 0;
  ORIEL_TRY_VOID(receive_frame(header, bytes.subspan(kHeaderBytes, header.payload_bytes), now));
  return frame_bytes;
}

// What was left when there was no room is to be shown again as soon as there is: a time that has
// passed says so.
std::optional<TimePoint> PeerSession::rests_until() const {
  if (state_ == State::kClosing) return std::nullopt;
  if (is_full()) return TimePoint::max();
  if (rests_for_room_ && !rests_until_) return TimePoint::min();
  return rests_until_;
}

Status PeerSession::receive_frame(const FrameHeader& header, ByteSpan payload, TimePoint now) {
  ++stats_.frames_in;
  ORIEL_TRY(auto value, read_payload(header, payload, payload_bytes_max()));
  if (state_ == State::kLogin) return receive_login(header, value, now);
  return receive_open(header, std::move(value), now);
}

Status PeerSession::receive_open(const FrameHeader& header, Value payload, TimePoint now) {
  if (quiet_until_) end_quiet();
  const auto bytes = held_bytes(header, payload);
  turn_bytes_ += bytes;
  switch (header.type) {
    case FrameType::kMessage:
      return receive_message(std::move(payload), bytes);
    case FrameType::kRpcRequest:
      return receive_call(header.correlation, std::move(payload), bytes, now);
    case FrameType::kRpcList:
      return receive_call(header.correlation, Map{{"method", "listall"}}, bytes, now);
    case FrameType::kRpcResponse:
    case FrameType::kRpcError:
      receive_reply(header.correlation, std::move(payload), bytes);
      return {};
    case FrameType::kPing:
      ++stats_.pings_received;
      say(FrameType::kPong, nullptr, now);
      return {};
    case FrameType::kPong:
      ++stats_.pongs_received;
      if (pinged_at_) stats_.latency.add(now - *std::exchange(pinged_at_, std::nullopt));
      return {};
    case FrameType::kPause:
    case FrameType::kResume:
      receive_pause(header.type == FrameType::kPause);
      return {};
    case FrameType::kNack:
      receive_cancel(header.correlation);
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

Status PeerSession::receive_message(Value payload, std::size_t bytes) {
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
                    : name == nullptr ? fmt::format("\"type\" as {}", describe(*type))
                                      : fmt::format("text of {} bytes", name->size())));
  auto* data = map->find("data");
  messages_.add(bytes);
  item_came(bytes);
  tell(MessageReceived{std::move(*name), data != nullptr ? std::move(*data) : Value()});
  return {};
}

Status PeerSession::receive_call(std::uint64_t correlation, Value payload, std::size_t bytes,
                                 TimePoint now) {
  // An answer could not be told from that of the first.
  if (calls_.contains(correlation))
    return fail(ErrorCode::kInvalid,
                fmt::format("RPC_REQUEST: the correlation id {} is that of a call that has no "
                            "answer yet",
                            correlation));
  auto* map = payload.if_map();
  auto* method = map != nullptr ? map->find("method") : nullptr;
  auto* name = method != nullptr ? method->if_text() : nullptr;
  if (name == nullptr || name->empty() || name->size() > kNameBytesMax) {
    refuse_call(correlation, CallCode::kMethodNotFound,
                fmt::format("RPC method not found: expected a map with \"method\" as text of 1 to "
                            "{} bytes",
                            kNameBytesMax),
                now);
    return {};
  }
  CallReceived call{.correlation = correlation, .method = std::move(*name)};
  if (auto* params = map->find("params")) call.params = std::move(*params);
  if (!call.params.is_null() && call.params.if_map() == nullptr &&
      call.params.if_array() == nullptr) {
    refuse_call(
        correlation, CallCode::kInvalidParams,
        fmt::format("\"params\": expected a map or an array, got {}", describe(call.params)), now);
    return {};
  }
  call.timeout_ms = call_timeout_ms(map->find("timeout_ms"));
  if (correlation != 0) {
    calls_.emplace(correlation, Call{.bytes = bytes});
  } else {
    calls_without_id_.add(bytes);
  }
  item_came(bytes);
  tell(std::move(call));
  return {};
}

void PeerSession::refuse_call(std::uint64_t correlation, CallCode code, std::string message,
                              TimePoint now) {
  const CallError error{.code = code, .message = std::move(message)};
  say(FrameType::kRpcResponse,
      Map{{"success", true},
          {"result", write_answer(std::unexpected(error), ErrorNumbers::kPrograms)}},
      now, correlation);
}

void PeerSession::receive_reply(std::uint64_t correlation, Value payload, std::size_t bytes) {
  auto envelope = envelope_of_response(std::move(payload));
  if (!envelope)
    envelope = write_answer(std::unexpected(CallError{.message = envelope.error().message}),
                            ErrorNumbers::kPrograms);
  reply_bytes_ += bytes;
  events_.push_back({ReplyReceived{correlation, std::move(*envelope)}, bytes});
}

void PeerSession::receive_pause(bool pauses) {
  ++(pauses ? stats_.pauses_received : stats_.resumes_received);
  if (!limits_.has_backpressure || pauses == is_paused_) return;
  is_paused_ = pauses;
  // Of a flood of them only the last is told.
  auto* last = events_.empty() ? nullptr : std::get_if<PeerPaused>(&events_.back().event);
  if (last != nullptr) {
    last->is_paused = pauses;
  } else {
    tell(PeerPaused{pauses});
  }
  flush_outbox();
}

// Other programs may mean something else by NACK.
void PeerSession::receive_cancel(std::uint64_t correlation) {
  const auto call = calls_.find(correlation);
  if (!peer_.is_oriel || call == calls_.end() || call->second.is_cancelled) return;
  call->second.is_cancelled = true;
  tell(CallCancelled{correlation});
}

void PeerSession::receive_close(const Value& payload, TimePoint now) {
  const auto* reason = payload.find("reason");
  const auto* text = reason != nullptr ? reason->if_text() : nullptr;
  tell(PeerClosed{text != nullptr ? cut_utf8(*text, kReasonBytesMax) : std::string()});
  say(FrameType::kCloseAck, nullptr, now);
  end();
}

std::unexpected<Error> PeerSession::fail_session(Error error, TimePoint now) {
  // A peer that speaks the conduit is told why, unless it has closed.
  const bool is_heard = stats_.frames_in > 0 || error.code != ErrorCode::kInvalid;
  if (is_heard && error.code != ErrorCode::kClosed)
    say(FrameType::kClose, Map{{"reason", cut_utf8(error.message, kReasonBytesMax)}}, now);
  end();
  return std::unexpected(std::move(error));
}

// ---- flow

void PeerSession::Tally::add(std::size_t of_one) {
  ++count;
  bytes += of_one;
}

std::size_t PeerSession::Tally::take_one() {
  ORIEL_CHECK(count > 0);
  const auto of_one = bytes / count;
  --count;
  bytes -= of_one;
  return of_one;
}

double PeerSession::fill() const {
  const auto share = [](std::size_t held, std::size_t room) {
    return static_cast<double>(held) / static_cast<double>(std::max<std::size_t>(room, 1));
  };
  return std::max(share(items_, limits_.receive_queue),
                  share(item_bytes_, limits_.receive_queue_bytes));
}

// There is always room for one item.
bool PeerSession::is_full() const {
  return (items_ > 0 && fill() >= 1) || has_unread_output() ||
         (reply_bytes_ > 0 && reply_bytes_ >= limits_.receive_queue_bytes);
}

void PeerSession::item_came(std::size_t bytes) {
  ++items_;
  item_bytes_ += bytes;
  if (!limits_.has_backpressure || has_paused_peer_ || fill() < kHighWaterMark) return;
  // The real programs stop reading for 30 s when they are paused (docs/conduit_wire.md): they are
  // held by what they have not written.
  if (!peer_.is_oriel) return;
  has_paused_peer_ = true;
  ++stats_.pauses_sent;
  say(FrameType::kPause, nullptr, now_);
}

void PeerSession::item_done(std::size_t bytes) {
  --items_;
  item_bytes_ -= bytes;
  if (!has_paused_peer_ || fill() > kLowWaterMark) return;
  has_paused_peer_ = false;
  if (!is_open()) return;
  ++stats_.resumes_sent;
  say(FrameType::kResume, nullptr, now_);
}

void PeerSession::message_handled() { item_done(messages_.take_one()); }

void PeerSession::spend(std::size_t bytes, TimePoint now) {
  if (!limits_.rate) return;
  const auto& rate = *limits_.rate;
  const auto elapsed_s = seconds(now - std::exchange(allowed_at_, now));
  const auto wait = std::max(
      charge(messages_allowance_, rate.messages_per_second, 1, elapsed_s),
      charge(bytes_allowance_, rate.bytes_per_second, static_cast<double>(bytes), elapsed_s));
  rests_until_ = wait > Duration::zero() ? std::optional(later(now, wait)) : std::nullopt;
}

// ---- out

bool PeerSession::is_ahead() const {
  return is_paused_ || quiet_until_ || output_.size_bytes() >= kOutputAheadBytes;
}

void PeerSession::stay_quiet(TimePoint until) { quiet_until_ = until; }

void PeerSession::end_quiet() {
  quiet_until_.reset();
  flush_outbox();
}

void PeerSession::put(SharedBytes frame) {
  ++stats_.frames_out;
  const ByteSpan all(*frame);
  put_piece({all, std::move(frame)});
}

void PeerSession::put_piece(HeldBytes piece) {
  if (piece.bytes.size() <= kCopyBytes) {
    output_.append(piece.bytes);
  } else {
    output_.append_held(std::move(piece));
  }
}

void PeerSession::flush_outbox() {
  while (is_open() && !outbox_.empty() && !is_ahead()) put(outbox_.pop());
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
  if (!end_call(correlation)) return;
  count_answer(frame->size());
  put(std::move(frame));
}

void PeerSession::answer(std::uint64_t correlation, std::vector<HeldBytes> frame) {
  if (!end_call(correlation)) return;
  std::size_t bytes = 0;
  for (const auto& piece : frame) bytes += piece.bytes.size();
  count_answer(bytes);
  ++stats_.frames_out;
  for (auto& piece : frame) put_piece(std::move(piece));
}

// Whether it still wants an answer.
bool PeerSession::end_call(std::uint64_t correlation) {
  if (correlation == 0) {
    if (calls_without_id_.count == 0) return false;
    item_done(calls_without_id_.take_one());
    return is_open();
  }
  const auto call = calls_.extract(correlation);
  if (call.empty()) return false;
  item_done(call.mapped().bytes);
  return is_open() && !call.mapped().is_cancelled;
}

void PeerSession::count_answer(std::size_t bytes) {
  answer_bytes_ = std::min(answer_bytes_, output_.size_bytes()) + bytes;
}

bool PeerSession::cancel(std::uint64_t correlation) {
  if (outbox_.drop_call(correlation)) return true;
  if (is_open() && peer_.is_oriel) say(FrameType::kNack, nullptr, now_, correlation);
  return false;
}

void PeerSession::say_close(std::string_view reason) {
  if (state_ == State::kClosing) return;
  while (is_open() && !is_paused_ && !outbox_.empty()) put(outbox_.pop());
  say(FrameType::kClose, Map{{"reason", cut_utf8(reason, kReasonBytesMax)}}, now_);
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

namespace {

bool has_heartbeats(const SessionLimits& limits) {
  return limits.heartbeat_interval > Duration::zero() &&
         limits.heartbeat_timeout > Duration::zero();
}

// After so much silence a peer is asked.
Duration ask_after(const SessionLimits& limits) {
  return limits.heartbeat_interval < limits.heartbeat_timeout ? limits.heartbeat_interval
                                                              : limits.heartbeat_timeout / 2;
}

// A peer that is stalled is looked for at twice the pace: it is found at most half too late.
TimePoint next_look(TimePoint now, TimePoint life, const SessionLimits& limits) {
  if (limits.connection_timeout <= Duration::zero()) return life;
  return std::min(life, later(now, limits.connection_timeout / 2));
}

}  // namespace

void PeerSession::open(Opened opened, TimePoint now) {
  state_ = State::kOpen;
  peer_ = opened.peer;
  moved_at_ = now;
  const auto life = has_heartbeats(limits_) ? later(now, ask_after(limits_)) : TimePoint::max();
  check_at_ = next_look(now, life, limits_);
  tell(std::move(opened));
}

std::optional<TimePoint> PeerSession::deadline() const {
  if (state_ == State::kClosing) return std::nullopt;
  const auto next = quiet_until_ ? std::min(*quiet_until_, check_at_) : check_at_;
  return next == TimePoint::max() ? std::nullopt : std::optional(next);
}

Status PeerSession::deadline_passed(TimePoint now) {
  now_ = now;
  if (quiet_until_ && now >= *quiet_until_) end_quiet();
  if (state_ == State::kClosing || now < check_at_) return {};
  if (state_ == State::kLogin)
    return fail_session({ErrorCode::kTimeout,
                         fmt::format("no log-in within {:g} s", seconds(limits_.auth_timeout))},
                        now);
  const auto late = now - check_at_;
  if (auto moving = look_at_progress(now, late); !moving)
    return fail_session(std::move(moving.error()), now);
  auto life = look_at_life(now, late);
  if (!life) return fail_session(std::move(life.error()), now);
  check_at_ = next_look(now, *life, limits_);
  return {};
}

// Whether the peer takes anything of what waits for it. Who looks late was kept from working
// itself, and from writing: then it is no fault of the peer's.
Status PeerSession::look_at_progress(TimePoint now, Duration late) {
  const auto timeout = limits_.connection_timeout;
  const auto written = output_.written_bytes();
  const bool is_stalled = !output_.empty() && written == written_at_check_ && late <= timeout / 2;
  written_at_check_ = written;
  if (!is_stalled) moved_at_ = now;
  if (timeout <= Duration::zero() || now - moved_at_ < timeout) return {};
  return fail(ErrorCode::kTimeout,
              fmt::format("the peer has read nothing for {:g} s", seconds(timeout)));
}

// Whether the peer lives, and when to look again. It may have said much that was not listened to:
// while there was no room for it, or it was too much for the rate, or this look comes late.
Result<TimePoint> PeerSession::look_at_life(TimePoint now, Duration late) {
  if (!has_heartbeats(limits_)) return TimePoint::max();
  const auto patience = limits_.heartbeat_timeout - ask_after(limits_);
  if (is_full() || std::exchange(has_not_listened_, false)) {
    heard_at_ = now;
    asked_at_.reset();
  }
  if (late > patience) asked_at_.reset();
  if (asked_at_ && now - *asked_at_ >= patience)
    return fail(ErrorCode::kTimeout,
                fmt::format("the peer was silent for {:g} s", seconds(limits_.heartbeat_timeout)));
  const auto silent_since = std::max(heard_at_, rests_until_.value_or(heard_at_));
  const auto ask_at = later(asked_at_ ? *pinged_at_ : silent_since, ask_after(limits_));
  if (now >= ask_at) ask(now);
  if (!asked_at_) return ask_at;
  return std::min(later(*pinged_at_, ask_after(limits_)), later(*asked_at_, patience));
}

void PeerSession::ask(TimePoint now) {
  if (!asked_at_) asked_at_ = now;
  pinged_at_ = now;
  ++stats_.pings_sent;
  say(FrameType::kPing, nullptr, now);
}

}  // namespace oriel::conduit

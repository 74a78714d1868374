#pragma once
// A conduit conversation as a Session, the part that both sides have in common: frames, calls and
// messages both ways, flow control, heartbeats and the end. How it begins is different for the two:
// server_session and client_session. One strand owns it.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "oriel/base/output_queue.h"
#include "oriel/base/session.h"
#include "oriel/core/conduit/error_code.h"
#include "oriel/core/conduit/frame.h"
#include "oriel/core/conduit/latency.h"
#include "oriel/core/conduit/login.h"
#include "oriel/core/conduit/outbox.h"
#include "oriel/core/conduit/session_config.h"
#include "oriel/core/conduit/value.h"

namespace oriel::conduit {

// ---- what a session tells, in order

// The log-in is done; calls and messages may go both ways.
struct Opened {
  ProgramFacts peer;
  std::string token;       // session_token, as the server gave it
  std::string identity;    // server: whose password it was
  bool is_mutual = false;  // SCRAM: the server has shown that it knows the password too

  friend bool operator==(const Opened&, const Opened&) = default;
};
// Server: nobody was let in, and the session ends. Client: the server refuses, and why.
struct LoginRefused {
  std::string reason;
  // Server: it was a guess, and not what the server does not take from anybody.
  bool is_wrong_password = false;
  // Client: what refuses may know the older way of logging in, which is worth another connection,
  // if nobody can listen in: whoever could, could also have refused in the server's place.
  bool may_try_hash = false;

  friend bool operator==(const LoginRefused&, const LoginRefused&) = default;
};
struct MessageReceived {
  std::string type;
  Value data;

  friend bool operator==(const MessageReceived&, const MessageReceived&) = default;
};
struct CallReceived {
  std::uint64_t correlation = 0;
  std::string method;
  Value params;  // a map, an array or null
  // How long the caller waits, if it says so: 1 to kCallTimeoutMax.
  std::optional<std::int64_t> timeout_ms;

  friend bool operator==(const CallReceived&, const CallReceived&) = default;
};
// The caller does not want the answer to this call any more; answer() is due all the same, and what
// it is given goes nowhere.
struct CallCancelled {
  std::uint64_t correlation = 0;

  friend bool operator==(const CallCancelled&, const CallCancelled&) = default;
};
// Also late ones, and those to no call at all: who calls knows.
struct ReplyReceived {
  std::uint64_t correlation = 0;
  Value envelope;  // see response.h; an error when the peer sent something else

  friend bool operator==(const ReplyReceived&, const ReplyReceived&) = default;
};
// The peer asks us to send no calls and messages for now, or to go on.
struct PeerPaused {
  bool is_paused = false;

  friend bool operator==(const PeerPaused&, const PeerPaused&) = default;
};
// The peer has said that it ends the conversation.
struct PeerClosed {
  std::string reason;

  friend bool operator==(const PeerClosed&, const PeerClosed&) = default;
};

using SessionEvent = std::variant<Opened, LoginRefused, MessageReceived, CallReceived,
                                  CallCancelled, ReplyReceived, PeerPaused, PeerClosed>;

// Heartbeats and flow control so far.
struct SessionStats {
  std::uint64_t frames_in = 0;
  std::uint64_t frames_out = 0;
  std::uint64_t pings_sent = 0;
  std::uint64_t pongs_received = 0;
  std::uint64_t pings_received = 0;
  std::uint64_t pauses_sent = 0;
  std::uint64_t resumes_sent = 0;
  std::uint64_t pauses_received = 0;
  std::uint64_t resumes_received = 0;
  std::uint64_t messages_dropped = 0;  // by topic policies
  LatencyStats latency;                // of pings and their answers
};

class PeerSession : public Session {
 public:
  // The next event; nothing when all are taken.
  std::optional<SessionEvent> take_event();
  // The next event is a call, and the peer has not read the answers to those before: it is to be
  // taken when the stream takes more, or the peer could have any number of answers made.
  bool is_answering() const;

  // Calls and messages count against the receive queue from their event until they are handled:
  // answer() for a call, message_handled() for a message. Both also after the end. The owner kicks
  // its driver, which may have been resting.
  void message_handled();

  bool is_open() const { return state_ == State::kOpen; }
  bool is_paused() const { return is_paused_; }
  const ProgramFacts& peer() const { return peer_; }
  // The longest payload that the peer takes, as it is before it is compressed; where it does not
  // say so, what we take ourselves.
  std::size_t sendable_bytes() const;
  SessionStats stats() const;
  // Whether what is sent now would be taken.
  bool has_room() const { return is_open() && !outbox_.is_full(); }
  // Whether anything waits until the stream takes more: writable() has something to do.
  bool has_waiting() const { return !outbox_.empty(); }

  // ---- out. `frame` is a whole frame (make_frame). All return kClosed before Opened and after the
  // end. The owner kicks its driver.

  // A call or a message; waits here while the peer has paused us or does not read.
  Sent send(SharedBytes frame);
  // A broadcast, which `topic` (not 0) and `policy` say what to do with when it must wait.
  Sent offer(SharedBytes frame, TopicId topic, TopicPolicy policy);
  // The answer to a call, once; nothing for a correlation that is not waiting. Never waits for
  // RESUME. Calls may have the correlation 0, several at a time; any of them is answered.
  void answer(std::uint64_t correlation, SharedBytes frame);
  void answer(std::uint64_t correlation, std::vector<HeldBytes> frame);
  // We do not wait for this call any more. True when it had not left yet, and now never will: it
  // cannot have run. Otherwise the peer is told, if it is one of ours. Also after the end.
  bool cancel(std::uint64_t correlation);
  // Says CLOSE with a reason, behind all that waits, unless the peer has paused us. The owner then
  // closes after flushing.
  void say_close(std::string_view reason);

  // For frames that the owner makes.
  std::uint64_t unix_ms(TimePoint now) const;

  // ---- Session
  Result<Need> receive(ByteSpan bytes, TimePoint now) final;
  std::optional<TimePoint> rests_until() const final;
  OutputQueue& output() final { return output_; }
  void writable(TimePoint now, std::size_t unsent_bytes) final;
  std::optional<TimePoint> deadline() const final;
  Status deadline_passed(TimePoint now) final;
  Transition transition() const final {
    return state_ == State::kClosing ? Transition::kClose : Transition::kNone;
  }

 protected:
  PeerSession(SessionLimits limits, SessionStart start);

  // A frame before the log-in is done.
  virtual Status receive_login(const FrameHeader& header, const Value& payload, TimePoint now) = 0;

  // With what only we ourselves know, for our own programs.
  ProgramFacts own_facts(ProgramFacts facts) const;
  // The log-in is done.
  void open(Opened opened, TimePoint now);
  // Keeps messages and calls back until the peer has said something, at most until then.
  void stay_quiet(TimePoint until);
  // It is over as soon as what was said has gone out.
  void end() { state_ = State::kClosing; }
  void tell(SessionEvent event) { events_.push_back({std::move(event)}); }
  void say(FrameType type, const Value& payload, TimePoint now, std::uint64_t correlation = 0);

 private:
  enum class State { kLogin, kOpen, kClosing };

  struct Told {
    SessionEvent event;
    std::size_t bytes = 0;  // of a reply, until it is taken
  };
  // A call of the peer that waits for our answer.
  struct Call {
    std::size_t bytes = 0;
    bool is_cancelled = false;
  };
  // What is not told from each other, so that all count for their average.
  struct Tally {
    std::size_t count = 0;
    std::size_t bytes = 0;

    void add(std::size_t of_one);
    std::size_t take_one();
  };

  Result<std::size_t> receive_one(ByteSpan bytes, std::size_t& wanted, TimePoint now);
  Status receive_frame(const FrameHeader& header, ByteSpan payload, TimePoint now);
  Status receive_open(const FrameHeader& header, Value payload, TimePoint now);
  Status receive_message(Value payload, std::size_t bytes);
  Status receive_call(std::uint64_t correlation, Value payload, std::size_t bytes, TimePoint now);
  void receive_reply(std::uint64_t correlation, Value payload, std::size_t bytes);
  void receive_pause(bool pauses);
  void receive_cancel(std::uint64_t correlation);
  void receive_close(const Value& payload, TimePoint now);
  void refuse_call(std::uint64_t correlation, CallCode code, std::string message, TimePoint now);
  std::unexpected<Error> fail_session(Error error, TimePoint now);

  void item_came(std::size_t bytes);
  void item_done(std::size_t bytes);
  double fill() const;
  bool is_full() const;
  bool has_unread_output() const { return output_.size_bytes() > limits_.unread_output_bytes; }
  void spend(std::size_t bytes, TimePoint now);
  bool is_ahead() const;
  void end_quiet();
  void put(SharedBytes frame);
  void put_piece(HeldBytes piece);
  bool end_call(std::uint64_t correlation);
  void count_answer(std::size_t bytes);
  void flush_outbox();
  Status look_at_progress(TimePoint now, Duration late);
  Result<TimePoint> look_at_life(TimePoint now, Duration late);
  void ask(TimePoint now);
  std::size_t payload_bytes_max() const;

  SessionLimits limits_;
  SessionStart start_;
  State state_ = State::kLogin;
  ProgramFacts peer_;
  OutputQueue output_;
  Outbox outbox_;
  std::deque<Told> events_;
  SessionStats stats_;

  // In. Items are calls and messages that came and are not handled.
  std::unordered_map<std::uint64_t, Call> calls_;
  Tally calls_without_id_;
  Tally messages_;
  std::size_t items_ = 0;
  std::size_t item_bytes_ = 0;
  std::size_t reply_bytes_ = 0;  // of replies that are not taken
  std::size_t turn_bytes_ = 0;   // of the frames of this receive(), in memory
  bool has_paused_peer_ = false;
  bool rests_for_room_ = false;    // the last receive() left something for when there is room
  bool has_not_listened_ = false;  // the same at any time since the last look at life
  double messages_allowance_ = 0;
  double bytes_allowance_ = 0;
  TimePoint allowed_at_{};
  std::optional<TimePoint> rests_until_;  // for the rate

  // Out.
  std::size_t answer_bytes_ = 0;  // at most this much of the output is answers
  bool is_paused_ = false;
  std::optional<TimePoint> quiet_until_;

  // Life. deadline() moves only when it has passed, so that traffic does not move timers.
  TimePoint heard_at_;
  TimePoint check_at_;
  std::optional<TimePoint> asked_at_;   // first, since the peer was heard last
  std::optional<TimePoint> pinged_at_;  // last, and not answered
  std::uint64_t written_at_check_ = 0;
  TimePoint moved_at_;  // of the last look that found something written, or nothing to write
  TimePoint now_;       // of the last call that knew it
};

}  // namespace oriel::conduit

#pragma once
// The client's side of one connection to a monitoring server, as JSON Lines: lines in, whole
// messages out; documents in, lines out. Applies deltas; what does not fit on what is there is
// answered by subscribing anew, which brings a whole document. One strand owns it.

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "oriel/base/session.h"
#include "oriel/core/monitor/messages.h"
#include "oriel/core/monitor/server_message.h"

namespace oriel::monitor {

struct ClientSessionConfig {
  std::optional<Subscribe> subscribe;  // sent first
  // A message has to be written within it, and a whole document to come that was asked for because
  // of a gap (and an interval beyond).
  std::chrono::milliseconds send_timeout{5'000};
  std::chrono::milliseconds operation_timeout{5'000};
};

// Deltas are applied already: the message has all data and no base.
struct MessageReceived {
  ServerMessage message;
  friend bool operator==(const MessageReceived&, const MessageReceived&) = default;
};
// A line that is no message; the connection stays.
struct LineRefused {
  Error error;
  friend bool operator==(const LineRefused&, const LineRefused&) = default;
};
// What became of a message of that ticket.
struct MessageSent {
  std::uint64_t ticket = 0;
  friend bool operator==(const MessageSent&, const MessageSent&) = default;
};
struct SendTimedOut {
  std::uint64_t ticket = 0;  // it may still arrive
  friend bool operator==(const SendTimedOut&, const SendTimedOut&) = default;
};
using ClientSessionEvent = std::variant<MessageReceived, LineRefused, MessageSent, SendTimedOut>;

struct ClientSessionCounts {
  std::uint64_t messages_received = 0;  // of whatever kind, and lines that are none
  std::uint64_t messages_sent = 0;      // queued; with subscriptions
  std::uint64_t bytes_received = 0;     // of lines without their ends
  std::uint64_t bytes_sent = 0;
  std::uint64_t gaps = 0;  // deltas whose base was not there
};

class ClientSession final : public Session {
 public:
  ClientSession(ClientSessionConfig config, TimePoint now);

  // Queues a document. The ticket comes back in MessageSent or SendTimedOut. kTooLarge beyond
  // kRequestBytesMax, kUnavailable while kClientOutputBytesMax wait to be written.
  Result<std::uint64_t> send(const Value& document, TimePoint now);
  // Asks for something else from now on.
  Status subscribe(const Subscribe& request, TimePoint now);

  std::vector<ClientSessionEvent> take_events();
  const ClientSessionCounts& counts() const { return counts_; }

  // Errors: a line beyond kServerMessageBytesMax.
  Result<Need> receive(ByteSpan bytes, TimePoint now) override;
  OutputQueue& output() override { return output_; }
  void writable(TimePoint now, std::size_t unsent_bytes) override;
  std::optional<TimePoint> deadline() const override;
  Status deadline_passed(TimePoint now) override;
  Transition transition() const override { return Transition::kNone; }

 private:
  struct Pending {
    std::uint64_t ticket;
    TimePoint deadline;
  };

  void receive_line(std::string_view line, TimePoint now);
  // Makes a message whole; false when its base is not there.
  Status complete(ServerMessage& message);
  void ask_for_whole(TimePoint now);

  ClientSessionConfig config_;
  OutputQueue output_;
  std::vector<ClientSessionEvent> events_;
  ClientSessionCounts counts_;
  std::size_t searched_ = 0;  // bytes of an unfinished line in which there is no line end

  // The data of the last numbered document, the base of a delta that may come.
  std::optional<std::int64_t> base_number_;
  Value base_data_;
  std::optional<TimePoint> whole_deadline_;  // a whole document has been asked for

  std::uint64_t next_ticket_ = 1;
  std::deque<Pending> pending_;
};

}  // namespace oriel::monitor

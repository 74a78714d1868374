#pragma once
// What a conduit session may take, hold and wait for. Plain values, so that tests need not wait.

#include <cstddef>
#include <limits>
#include <optional>

#include "oriel/base/time.h"
#include "oriel/core/conduit/limits.h"

namespace oriel::conduit {

// A rate of 0 or less is no limit.
struct RateLimit {
  double messages_per_second = kMessagesPerSecond;
  double bytes_per_second = kBytesPerSecond;  // as they come, headers included
};

struct SessionLimits {
  std::size_t message_bytes = kMessageBytes;  // a payload, as it comes and inflated
  std::size_t receive_queue = kQueueMessages;
  std::size_t receive_queue_bytes = kReceiveQueueBytes;
  std::size_t send_queue = kQueueMessages;
  std::size_t send_queue_bytes = kSendQueueBytes;
  // While more waits for the peer to read it, nothing more is read from it. Of one side only: two
  // that wait so for each other would wait for ever.
  std::size_t unread_output_bytes = std::numeric_limits<std::size_t>::max();
  bool has_backpressure = true;  // says PAUSE and RESUME, and heeds them
  // Beyond it the peer waits: what it sends is read later. Nothing is lost.
  std::optional<RateLimit> rate;

  Duration auth_timeout = kAuthTimeout;
  // A peer that takes nothing of what waits for it is given up after this, or half as much again.
  // 0 or less: never.
  Duration connection_timeout = kConnectionTimeout;
  // A peer that was silent this long is asked whether it lives, and after the time-out given up:
  // never unasked, so a time-out below the interval has it asked after half the time-out. Either 0
  // or less: neither.
  Duration heartbeat_interval = kHeartbeatInterval;
  Duration heartbeat_timeout = kHeartbeatTimeout;
};

// The longest frame, which the driver's buffer must have room for (SessionDriverLimits).
constexpr std::size_t frame_bytes_max(const SessionLimits& limits) {
  return kHeaderBytes + limits.message_bytes;
}

// When a session begins, on both clocks: frames carry Unix time.
struct SessionStart {
  TimePoint now{};
  std::int64_t unix_ms = 0;
};

}  // namespace oriel::conduit

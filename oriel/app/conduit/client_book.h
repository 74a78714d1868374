#pragma once
// What a client keeps of itself for whoever asks, on any thread: state, failure, connection, and
// the numbers of all its connections together.

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "oriel/app/conduit/client_error.h"
#include "oriel/app/conduit/client_state.h"
#include "oriel/app/conduit/connection.h"
#include "oriel/base/time.h"
#include "oriel/core/conduit/latency.h"
#include "oriel/core/conduit/login.h"
#include "oriel/core/conduit/value.h"

namespace oriel::conduit {

// Rows N043 to N045; since the client was made, all its connections together.
struct ClientStatistics {
  std::uint64_t messages_sent = 0;
  std::uint64_t messages_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t rpc_calls_made = 0;
  std::uint64_t rpc_calls_received = 0;
  std::uint64_t rpc_timeouts = 0;
  std::uint64_t replies_unexpected = 0;  // late ones, and those to nothing
  std::uint64_t connections_total = 0;
  std::uint64_t connections_active = 0;  // 0 or 1
  std::uint64_t connections_failed = 0;  // attempts
  double uptime_seconds = 0;
  double messages_per_second = 0;        // both ways, over all of that time
  std::optional<Duration> call_latency;  // of calls that were answered, moving average
  // Heartbeats.
  std::uint64_t pings_sent = 0;
  std::uint64_t pongs_received = 0;
  std::uint64_t pings_received = 0;  // and answered
  std::uint64_t heartbeat_timeouts = 0;
  LatencyStats heartbeat;
  // Flow control.
  std::uint64_t pauses_received = 0;
  std::uint64_t resumes_received = 0;
  std::uint64_t pauses_sent = 0;
  std::uint64_t resumes_sent = 0;
  Duration paused{};  // by the server, in all

  // With the real programs' keys: times in milliseconds and seconds.
  Map to_map() const;
};

// Row N038.
struct ClientHealth {
  bool connected = false;
  ClientState state = ClientState::kDisconnected;
  bool authenticated = false;
  bool is_reconnecting = false;
  unsigned reconnect_attempts = 0;  // in a row
  ProgramFacts server;              // of the last connection
  std::optional<ClientError> failure;

  Map to_map() const;
};

class ClientBook {
 public:
  ClientState state() const;
  // Returns the one before. A change that the table does not have is a mistake of ours.
  ClientState set_state(ClientState state);

  ClientHealth health() const;
  ClientStatistics statistics() const;
  std::optional<ClientError> failure() const;
  std::string session_token() const;
  ProgramFacts server() const;
  // Null when there is none on which calls can be made.
  ConnectionPointer connection() const;
  bool is_reconnecting() const;

  void set_failure(std::optional<ClientError> failure);
  void set_attempts(unsigned in_a_row, bool is_reconnecting);
  void count_failed_attempt();
  void opened(ConnectionPointer connection, const Opened& opened);
  // The connection has ended.
  void ended(const ConnectionStats& stats, bool was_silent);

 private:
  void note_pause(ClientState before, ClientState now);

  mutable std::mutex mutex_;  // guards all
  ClientState state_ = ClientState::kDisconnected;
  std::optional<ClientError> failure_;
  unsigned attempts_ = 0;
  bool is_reconnecting_ = false;
  std::string token_;
  ProgramFacts server_;
  ConnectionPointer connection_;
  ConnectionStats past_;  // of the connections that have ended
  TimePoint made_at_ = Clock::now();
  std::optional<TimePoint> paused_at_;
  Duration paused_{};
  std::uint64_t connections_total_ = 0;
  std::uint64_t connections_failed_ = 0;
  std::uint64_t heartbeat_timeouts_ = 0;
};

}  // namespace oriel::conduit

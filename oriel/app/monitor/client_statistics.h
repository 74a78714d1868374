#pragma once
// What a client counts, by the seed's keys.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace oriel::monitor {

struct ClientStatistics {
  struct ErrorEntry {
    std::string timestamp;
    std::string error;
    std::string type;
  };

  std::uint64_t messages_received = 0;
  std::uint64_t messages_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::optional<std::string> connection_start;
  double uptime_seconds = 0;
  std::uint64_t reconnect_attempts = 0;
  std::uint64_t total_disconnections = 0;
  std::string current_state;
  std::optional<std::string> last_error;
  std::uint64_t error_count = 0;
  std::vector<ErrorEntry> error_history;
};

}  // namespace oriel::monitor

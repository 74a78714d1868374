#include "oriel/app/monitor/statistics_text.h"

#include <fmt/format.h>

#include <chrono>

#include "oriel/app/monitor/format_text.h"

namespace oriel::monitor {

std::string statistics_text(const ClientStatistics& statistics) {
  const std::chrono::seconds uptime(static_cast<std::int64_t>(statistics.uptime_seconds));
  auto text = fmt::format(
      "=== Client statistics ===\n"
      "Messages: {} received, {} sent\n"
      "Data: {} received, {} sent\n"
      "Uptime: {}\n"
      "Reconnects: {}\n"
      "Errors: {}",
      statistics.messages_received, statistics.messages_sent,
      traffic_text(statistics.bytes_received), traffic_text(statistics.bytes_sent),
      duration_text(uptime), statistics.reconnect_attempts, statistics.error_count);
  if (statistics.messages_dropped > 0)
    text += fmt::format("\nDropped: {} messages", statistics.messages_dropped);
  if (!statistics.error_history.empty())
    text += fmt::format("\nLast error: {}", harmless(statistics.error_history.back().message));
  return text;
}

}  // namespace oriel::monitor

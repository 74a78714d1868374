#include "oriel/app/monitor/statistics_text.h"

#include <fmt/format.h>

#include <chrono>

#include "oriel/app/monitor/format_text.h"

namespace oriel::monitor {
namespace {

template <typename T>
Value value_or_null(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

}  // namespace

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
  if (statistics.last_error)
    text += fmt::format("\nLast error: {}", harmless(*statistics.last_error));
  return text;
}

Value statistics_value(const ClientStatistics& statistics) {
  Array errors;
  for (const auto& entry : statistics.error_history)
    errors.push_back(
        Object{{"timestamp", entry.timestamp}, {"error", entry.error}, {"type", entry.type}});
  return Object{{"messages_received", statistics.messages_received},
                {"messages_sent", statistics.messages_sent},
                {"bytes_received", statistics.bytes_received},
                {"bytes_sent", statistics.bytes_sent},
                {"connection_start", value_or_null(statistics.connection_start)},
                {"uptime_seconds", statistics.uptime_seconds},
                {"reconnect_attempts", statistics.reconnect_attempts},
                {"total_disconnections", statistics.total_disconnections},
                {"current_state", statistics.current_state},
                {"last_error", value_or_null(statistics.last_error)},
                {"error_count", statistics.error_count},
                {"error_history", std::move(errors)}};
}

}  // namespace oriel::monitor

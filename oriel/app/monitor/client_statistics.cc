#include "oriel/app/monitor/client_statistics.h"

#include <ctime>

#include "oriel/core/monitor/document.h"

namespace oriel::monitor {
namespace {

Value shown_time(std::chrono::system_clock::time_point at) {
  const auto us = std::chrono::floor<std::chrono::microseconds>(at.time_since_epoch()).count();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return local_timestamp({us, static_cast<std::int32_t>(local.tm_gmtoff)});
}

Array shown_errors(const std::vector<ClientError>& errors) {
  Array list;
  for (const auto& error : errors) {
    list.push_back(Object{{"timestamp", shown_time(error.at)},
                          {"error", error.message},
                          {"type", client_error_name(error.kind)}});
  }
  return list;
}

}  // namespace

std::string_view client_state_name(ClientState state) {
  switch (state) {
    case ClientState::kDisconnected:
      return "disconnected";
    case ClientState::kConnecting:
      return "connecting";
    case ClientState::kConnected:
      return "connected";
    case ClientState::kReconnecting:
      return "reconnecting";
    case ClientState::kError:
      return "error";
  }
  return "unknown";
}

std::string_view client_error_name(ClientErrorKind kind) {
  switch (kind) {
    case ClientErrorKind::kOptions:
      return "options";
    case ClientErrorKind::kCannotConnect:
      return "cannot_connect";
    case ClientErrorKind::kTimeout:
      return "timeout";
    case ClientErrorKind::kCertificate:
      return "certificate";
    case ClientErrorKind::kDenied:
      return "denied";
    case ClientErrorKind::kRefused:
      return "refused";
    case ClientErrorKind::kProtocol:
      return "protocol";
    case ClientErrorKind::kLost:
      return "lost";
    case ClientErrorKind::kServer:
      return "server";
  }
  return "unknown";
}

Value statistics_document(const ClientStatistics& statistics) {
  const auto& errors = statistics.error_history;
  return Object{{"messages_received", statistics.messages_received},
                {"messages_sent", statistics.messages_sent},
                {"bytes_received", statistics.bytes_received},
                {"bytes_sent", statistics.bytes_sent},
                {"messages_dropped", statistics.messages_dropped},
                {"connection_start",
                 statistics.connection_start ? shown_time(*statistics.connection_start) : Value()},
                {"uptime_seconds", statistics.uptime_seconds},
                {"reconnect_attempts", statistics.reconnect_attempts},
                {"total_disconnections", statistics.total_disconnections},
                {"current_state", client_state_name(statistics.current_state)},
                {"last_error", errors.empty() ? Value() : Value(errors.back().message)},
                {"error_count", statistics.error_count},
                {"error_history", shown_errors(errors)},
                {"uri", statistics.uri}};
}

}  // namespace oriel::monitor

#pragma once
// What a monitoring client counts, by the names of the seed (row M029). Plain values.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

// disconnected -> connecting -> connected <-> reconnecting; error: the client gave up for good.
enum class ClientState { kDisconnected, kConnecting, kConnected, kReconnecting, kError };

// "disconnected", "connecting", "connected", "reconnecting", "error".
std::string_view client_state_name(ClientState state);

// What went wrong, for programs; the message is for people.
enum class ClientErrorKind {
  kOptions,        // the URI or another option is wrong: trying again cannot help
  kCannotConnect,  // no such host, nobody listens there, no way to it
  kTimeout,        // it took longer than a named time-out
  kCertificate,    // TLS: the server's certificate is not trusted, or not for this name
  kDenied,         // the server answered 401 or 403
  kRefused,        // the server answered the handshake with something else than a WebSocket
  kProtocol,       // what the server sent breaks the protocol: no message, too large, a bad frame
  kLost,           // a connection that was there has gone
  kServer,         // an error message of the server; the connection stays
};

// "cannot_connect", "timeout", ...
std::string_view client_error_name(ClientErrorKind kind);

struct ClientError {
  ClientErrorKind kind = ClientErrorKind::kLost;
  // One clause without a final period, no secrets.
  std::string message;
  std::chrono::system_clock::time_point at{};

  friend bool operator==(const ClientError&, const ClientError&) = default;
};

struct ClientStatistics {
  std::uint64_t messages_received = 0;  // over all connections
  std::uint64_t messages_sent = 0;
  std::uint64_t bytes_received = 0;  // of the texts
  std::uint64_t bytes_sent = 0;
  std::uint64_t messages_dropped = 0;  // nobody took them in time: the oldest of a full queue
  // Of the present connection; nothing while there is none.
  std::optional<std::chrono::system_clock::time_point> connection_start;
  double uptime_seconds = 0;
  std::uint64_t reconnect_attempts = 0;  // since start(), successful or not
  std::uint64_t total_disconnections = 0;
  ClientState current_state = ClientState::kDisconnected;
  std::uint64_t error_count = 0;
  std::vector<ClientError> error_history;  // the last kErrorHistoryMax, oldest first
  std::string uri;                         // without a password
};

// An object with the seed's keys: times as local time without a zone, "last_error" the last one's
// message or null, errors as {timestamp, error, type}.
Value statistics_document(const ClientStatistics& statistics);

}  // namespace oriel::monitor

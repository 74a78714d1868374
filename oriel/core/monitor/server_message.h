#pragma once
// One message of a monitoring server as a client reads it, in either dialect: the real server's,
// the one of the seed's text, and ours. Reads tolerantly, within bounds. Pure; any thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "oriel/base/result.h"
#include "oriel/core/monitor/messages.h"
#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

// What a message is, whatever its dialect calls it.
enum class ServerMessageKind {
  kMonitoringData,  // "monitoring_data"
  kConnection,      // "connection", "connection_message"
  kPong,            // "pong"
  kStatus,          // "status"
  kError,           // "error", "error_message"
  kOther,
};

ServerMessageKind server_message_kind(std::string_view type);

// The type names of a kind, the real server's first; the second is empty where both say the same.
// Both are empty for kOther.
struct TypeNames {
  std::string_view server;
  std::string_view seed;
};
TypeNames type_names(ServerMessageKind kind);

// What a connection, status or error message says to people: "message", else "error"; empty when it
// says nothing. Lent as long as the document.
std::string_view message_text(const Value& document);

struct ServerMessage {
  std::string type;  // as sent
  ServerMessageKind kind = ServerMessageKind::kOther;
  std::string timestamp;  // as sent: the server's local time without a zone; empty when missing
  Value document;         // the whole message, an object
  // Of our server's numbered documents. With a base the data are a merge patch (a delta); a
  // ClientSession makes it whole.
  std::optional<Sequence> sequence;

  bool is_delta() const { return sequence && sequence->base; }
  // The section "data"; nullptr without.
  const Value* data() const { return document.find("data"); }
  std::string_view text() const { return message_text(document); }
  // The list "alerts"; nullptr when there is none.
  const Array* alerts() const;

  friend bool operator==(const ServerMessage&, const ServerMessage&) = default;
};

// How readers share a message. Immutable.
using SharedMessage = std::shared_ptr<const ServerMessage>;

// One line, with or without its end. Errors: kInvalid for what is no JSON object with a "type" that
// is a string, for monitoring data without an object "data", and for a delta without numbers;
// kTooLarge beyond kServerMessageBytesMax, kServerMembersMax or kDocumentDepthMax.
Result<ServerMessage> parse_server_message(std::string_view line);

}  // namespace oriel::monitor

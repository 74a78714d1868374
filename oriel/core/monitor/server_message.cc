#include "oriel/core/monitor/server_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include "oriel/core/monitor/limits.h"

namespace oriel::monitor {
namespace {

struct KindRow {
  ServerMessageKind kind;
  TypeNames names;
};

constexpr std::array kKinds{
    KindRow{ServerMessageKind::kMonitoringData, {"monitoring_data", ""}},
    KindRow{ServerMessageKind::kConnection, {"connection", "connection_message"}},
    KindRow{ServerMessageKind::kPong, {"pong", ""}},
    KindRow{ServerMessageKind::kStatus, {"status", ""}},
    KindRow{ServerMessageKind::kError, {"error", "error_message"}},
};

std::string_view text_of(const Value& document, std::string_view key) {
  const auto* value = document.find(key);
  if (value == nullptr || value->string() == nullptr) return {};
  return *value->string();
}

Status check_members(const Value& value) {
  if (const auto* array = value.array()) {
    for (const auto& item : *array) ORIEL_TRY_VOID(check_members(item));
  } else if (const auto* object = value.object()) {
    if (object->size() > kServerMembersMax) {
      return fail(ErrorCode::kTooLarge,
                  fmt::format("message of the server: an object of {} members, at most {}",
                              object->size(), kServerMembersMax));
    }
    for (const auto& [key, member] : *object) ORIEL_TRY_VOID(check_members(member));
  }
  return {};
}

// A whole number, whichever way it was written.
std::optional<std::int64_t> whole_number(const Value* value) {
  if (value == nullptr) return std::nullopt;
  if (const auto* number = std::get_if<std::int64_t>(&value->kind())) return *number;
  const auto* number = std::get_if<std::uint64_t>(&value->kind());
  if (number == nullptr || !std::in_range<std::int64_t>(*number)) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

// What another server may mean by "sequence" does no harm: only a delta needs it.
Result<std::optional<Sequence>> sequence_of(const Value& document) {
  const auto* delta = document.find("delta");
  const bool is_delta = delta != nullptr && delta->boolean() != nullptr && *delta->boolean();
  const auto number = whole_number(document.find("sequence"));
  const auto base = whole_number(document.find("base"));
  if (is_delta && (!number || !base)) {
    return fail(ErrorCode::kInvalid,
                "message of the server: a delta without the numbers \"sequence\" and \"base\"");
  }
  if (!number) return std::nullopt;
  return Sequence{*number, is_delta ? base : std::nullopt};
}

}  // namespace

ServerMessageKind server_message_kind(std::string_view type) {
  for (const auto& row : kKinds) {
    if (type == row.names.server || (!type.empty() && type == row.names.seed)) return row.kind;
  }
  return ServerMessageKind::kOther;
}

TypeNames type_names(ServerMessageKind kind) {
  const auto row = std::ranges::find(kKinds, kind, &KindRow::kind);
  return row == kKinds.end() ? TypeNames{} : row->names;
}

std::string_view message_text(const Value& document) {
  const auto message = text_of(document, "message");
  return message.empty() ? text_of(document, "error") : message;
}

const Array* ServerMessage::alerts() const {
  const auto* alerts = document.find("alerts");
  return alerts == nullptr ? nullptr : alerts->array();
}

Result<ServerMessage> parse_server_message(std::string_view line) {
  ServerMessage message;
  ORIEL_TRY(message.document, parse_json(line, kServerMessageBytesMax));
  const auto* type = message.document.find("type");
  if (type == nullptr || type->string() == nullptr) {
    return fail(ErrorCode::kInvalid, "message of the server: not an object with a \"type\"");
  }
  ORIEL_TRY_VOID(check_members(message.document));
  message.type = *type->string();
  message.kind = server_message_kind(message.type);
  message.timestamp = text_of(message.document, "timestamp");
  if (message.kind != ServerMessageKind::kMonitoringData) return message;
  if (message.data() == nullptr || message.data()->object() == nullptr) {
    return fail(ErrorCode::kInvalid, "message of the server: monitoring data without \"data\"");
  }
  ORIEL_TRY(message.sequence, sequence_of(message.document));
  return message;
}

}  // namespace oriel::monitor

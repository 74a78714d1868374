// Anything that a monitoring server may send: the client's session tells the same however it is
// cut, hands out whole documents only, and keeps no more than the limits say.
//
//   input := U8 choice, lines
//   choice: bit 0: the client subscribes to deltas; bits 2 to 7: bytes of a piece less 1

#include <cstddef>
#include <cstdint>

#include "fuzz/fuzzer.h"
#include "fuzz/session_feed.h"
#include "oriel/core/monitor/client_session.h"
#include "oriel/core/monitor/limits.h"

namespace {

using namespace oriel;
using namespace oriel::monitor;

struct Outcome {
  fuzz::Fed fed;
  std::vector<ClientSessionEvent> events;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome run(std::uint8_t choice, ByteSpan bytes, std::size_t step_bytes, fuzz::Calls calls) {
  ClientSessionConfig config;
  if (choice & 1) {
    config.subscribe = Subscribe{};
    config.subscribe->wants_delta = true;
  }
  ClientSession session(config, TimePoint{});
  Outcome outcome;
  // Each line can ask for a whole document at most once.
  const auto output_max = (1 + bytes.size()) * kRequestBytesMax;
  outcome.fed =
      fuzz::feed(session, bytes, {step_bytes, calls, kServerMessageBytesMax + 1, output_max});
  outcome.events = session.take_events();
  for (const auto& event : outcome.events) {
    if (const auto* received = std::get_if<MessageReceived>(&event)) {
      const auto& message = received->message;
      ORIEL_CHECK(!message.is_delta());
      ORIEL_CHECK(message.kind == server_message_kind(message.type));
      ORIEL_CHECK(message.kind != ServerMessageKind::kMonitoringData || message.data() != nullptr);
      // What was read can be shown again.
      ORIEL_CHECK(parse_server_message(to_json(message.document)).has_value());
    } else if (const auto* refused = std::get_if<LineRefused>(&event)) {
      ORIEL_CHECK(!refused->error.message.empty());
    }
  }
  return outcome;
}

}  // namespace

ORIEL_FUZZER(monitor_server_messages, bytes, size) {
  if (size == 0) return 0;
  const ByteSpan lines(bytes + 1, size - 1);
  const auto whole = run(bytes[0], lines, size, fuzz::Calls::kAfterEveryPiece);
  const auto step = std::size_t{1} + (bytes[0] >> 2);
  ORIEL_CHECK(run(bytes[0], lines, step, fuzz::Calls::kAfterEveryPiece) == whole);
  ORIEL_CHECK(run(bytes[0], lines, step, fuzz::Calls::kWhenWantedIsThere) == whole);
  return 0;
}

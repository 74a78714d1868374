// Any bytes from a client: the server's session sees the same events however they are cut, keeps
// little, and says little.
//
//   input := U8 choice, what the client says
//   choice: bit 0: the server has a password; bit 1: small limits; bits 2 to 7: bytes of a piece
//           less 1

#include <cstddef>
#include <cstdint>

#include "fuzz/fuzzer.h"
#include "fuzz/session_feed.h"
#include "oriel/core/rfb/server_session.h"

namespace {

using namespace oriel;

// SetEncodings is the longest message that is kept as a whole.
constexpr std::size_t kWantedMax = 64 * 1024;
// Version, offer, challenge, result with its reason, ServerInit. Behind that a list of encodings is
// answered with the caps of the clipboard (28 bytes for 8), and nothing with more.
constexpr std::size_t kOutputMax = 256;
constexpr std::size_t kAnswerFactor = 4;

struct Outcome {
  fuzz::Fed fed;
  std::vector<rfb::ServerEvent> events;
  bool is_joined, is_refused;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome run(std::uint8_t choice, ByteSpan bytes, std::size_t step_bytes, fuzz::Calls calls) {
  rfb::ServerSessionConfig config{"desktop", {320, 200}, {{}, {1, 2, 3, 4}}, {}};
  if (choice & 1) config.security.password = "geheim";
  if (choice & 2) {
    config.limits.encodings_max = 3;
    config.limits.cut_text_bytes_max = 40;
    config.limits.clipboard_unasked_max = 100;
  }
  rfb::ServerSession session(config, TimePoint{});
  Outcome outcome;
  outcome.fed = fuzz::feed(
      session, bytes, {step_bytes, calls, kWantedMax, kOutputMax + kAnswerFactor * bytes.size()});
  outcome.events = session.take_events();
  outcome.is_joined = session.is_joined();
  outcome.is_refused = session.is_refused();
  ORIEL_CHECK(session.deadline().has_value() == !session.is_joined());
  ORIEL_CHECK(session.deadline_passed(TimePoint{} + config.limits.handshake_timeout).has_value() ==
              session.is_joined());
  // Nobody gets in before the handshake is over, and it is over once.
  ORIEL_CHECK(outcome.is_joined != outcome.events.empty());
  for (std::size_t i = 0; i < outcome.events.size(); ++i)
    ORIEL_CHECK(std::holds_alternative<rfb::Joined>(outcome.events[i]) == (i == 0));
  return outcome;
}

}  // namespace

ORIEL_FUZZER(rfb_server_session, bytes, size) {
  if (size < 1) return 0;
  const auto choice = bytes[0];
  const ByteSpan said(bytes + 1, size - 1);
  const auto whole = run(choice, said, size, fuzz::Calls::kAfterEveryPiece);
  const std::size_t step = 1 + (choice >> 2);
  ORIEL_CHECK(run(choice, said, step, fuzz::Calls::kWhenWantedIsThere) == whole);
  ORIEL_CHECK(run(choice, said, step, fuzz::Calls::kAfterEveryPiece) == whole);
  return 0;
}

// Any bytes from a subscriber: the session answers the same however they are cut, never ends, keeps
// at most one request, and says little.
//
//   input := U8 choice, what the client says
//   choice: bit 0: the seed's dialect at first; bits 2 to 7: bytes of a piece less 1

#include <cstddef>
#include <cstdint>
#include <optional>

#include "fuzz/fuzzer.h"
#include "fuzz/session_feed.h"
#include "oriel/core/monitor/limits.h"
#include "oriel/core/monitor/server_session.h"

namespace {

using namespace oriel;

class Facts : public monitor::ServerFacts {
 public:
  monitor::WallTime wall_time() const override { return {1'795'175'270'991'384, 0}; }
  std::size_t connected_clients() const override { return 3; }
  bool is_active() const override { return true; }
};

// The greeting; and what a line may be answered with: an error that names all metrics.
constexpr std::size_t kGreetingMax = 200;
constexpr std::size_t kAnswerMax = 700;

struct Outcome {
  fuzz::Fed fed;
  std::optional<monitor::Subscribe> subscription;
  monitor::Dialect dialect;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome run(std::uint8_t choice, ByteSpan bytes, std::size_t step_bytes, fuzz::Calls calls) {
  const Facts facts;
  const auto dialect = choice & 1 ? monitor::Dialect::kSeed : monitor::Dialect::kServer;
  monitor::ServerSession session(facts, dialect, TimePoint{});
  const auto lines = static_cast<std::size_t>(std::ranges::count(bytes, std::uint8_t{'\n'})) + 1;
  Outcome outcome;
  outcome.fed = fuzz::feed(
      session, bytes,
      {step_bytes, calls, monitor::kRequestBytesMax + 1, kGreetingMax + kAnswerMax * lines});
  ORIEL_CHECK(!outcome.fed.error);
  ORIEL_CHECK(outcome.fed.unconsumed <= monitor::kRequestBytesMax);
  ORIEL_CHECK(outcome.fed.output.back() == '\n');
  ORIEL_CHECK(!session.deadline() && session.transition() == Transition::kNone);
  outcome.subscription = session.take_subscription();
  outcome.dialect = session.dialect();
  return outcome;
}

}  // namespace

ORIEL_FUZZER(monitor_server_session, bytes, size) {
  if (size < 2) return 0;
  const auto choice = bytes[0];
  const ByteSpan said(bytes + 1, size - 1);
  const auto whole = run(choice, said, said.size(), fuzz::Calls::kAfterEveryPiece);
  const std::size_t step = 1 + (choice >> 2);
  ORIEL_CHECK(run(choice, said, step, fuzz::Calls::kWhenWantedIsThere) == whole);
  ORIEL_CHECK(run(choice, said, step, fuzz::Calls::kAfterEveryPiece) == whole);
  return 0;
}

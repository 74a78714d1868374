#pragma once
// Feeds bytes to a Session as a driver does, and checks on the way what every Session promises.

#include <algorithm>
#include <cstddef>
#include <optional>

#include "oriel/base/check.h"
#include "oriel/base/session.h"

namespace oriel::fuzz {

// When a session is called: after every piece, or, as drivers do, once what it wanted is there.
enum class Calls { kAfterEveryPiece, kWhenWantedIsThere };

struct FeedPlan {
  std::size_t step_bytes;  // of a piece, at least 1
  Calls calls;
  std::size_t wanted_max;  // the most that the session may ask to be kept
  std::size_t output_max;  // the most that it may queue in all
};

struct Fed {
  Bytes output;
  std::optional<Error> error;  // ended the session
  std::size_t unconsumed = 0;  // bytes left over; 0 after an error

  friend bool operator==(const Fed&, const Fed&) = default;
};

inline void take_output(OutputQueue& queue, Bytes& into) {
  ByteSpan piece[1];
  while (queue.gather(piece) > 0) {
    into.insert(into.end(), piece[0].begin(), piece[0].end());
    queue.consume(piece[0].size());
  }
  ORIEL_CHECK(queue.empty());
}

inline Fed feed(Session& session, ByteSpan bytes, const FeedPlan& plan) {
  Fed fed;
  take_output(session.output(), fed.output);
  Bytes pending;
  std::size_t wanted = 1;
  TimePoint now{};  // stands still but for the rests of the session
  while (!bytes.empty() && !fed.error) {
    const auto piece = bytes.first(std::min(plan.step_bytes, bytes.size()));
    bytes = bytes.subspan(piece.size());
    pending.insert(pending.end(), piece.begin(), piece.end());
    if (plan.calls == Calls::kWhenWantedIsThere && pending.size() < wanted) continue;
    for (bool is_resting = true; is_resting;) {
      // A block of their own, so that ASan sees reads past the end.
      const Bytes shown(pending.begin(), pending.end());
      const auto need = session.receive(shown, now);
      take_output(session.output(), fed.output);
      ORIEL_CHECK(fed.output.size() <= plan.output_max);
      if (!need) {
        ORIEL_CHECK(!need.error().message.empty());
        fed.error = need.error();
        break;
      }
      ORIEL_CHECK(need->consumed <= pending.size());
      pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(need->consumed));
      wanted = need->wanted;
      is_resting = session.rests_until() > now;
      if (is_resting) now = *session.rests_until();
      ORIEL_CHECK(is_resting || wanted > pending.size());
      ORIEL_CHECK(wanted <= plan.wanted_max);
    }
  }
  if (!fed.error) fed.unconsumed = pending.size();
  return fed;
}

}  // namespace oriel::fuzz

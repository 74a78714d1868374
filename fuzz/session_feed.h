#pragma once
// Feeds bytes to a Session as a driver does, and checks on the way what every Session promises.
// Where the session asks for TLS it is told that TLS has begun; what follows counts as what came
// through it.

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

inline bool wants_tls(const Session& session) {
  const auto transition = session.transition();
  return transition != Transition::kNone && transition != Transition::kClose;
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
    // The last piece is always shown: what is wrong in it may be found without what is missing.
    const bool may_wait = plan.calls == Calls::kWhenWantedIsThere && !bytes.empty();
    if (may_wait && pending.size() < wanted) continue;
    for (bool is_called_again = true; is_called_again;) {
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
      const bool is_resting = session.rests_until() > now;
      if (is_resting) now = *session.rests_until();
      const bool has_begun_tls = wants_tls(session);
      if (has_begun_tls) {
        const auto status = session.tls_started(TlsPeer{}, now);
        take_output(session.output(), fed.output);
        ORIEL_CHECK(fed.output.size() <= plan.output_max);
        ORIEL_CHECK(!wants_tls(session));
        if (!status) {
          fed.error = status.error();
          break;
        }
      }
      is_called_again = is_resting || has_begun_tls || (need->ends_turn && !pending.empty());
      ORIEL_CHECK(is_called_again || wanted > pending.size());
      ORIEL_CHECK(wanted <= plan.wanted_max);
    }
  }
  if (!fed.error) fed.unconsumed = pending.size();
  return fed;
}

}  // namespace oriel::fuzz

#pragma once
// Feeds bytes to a conduit session in pieces, with an owner that answers and handles what it is
// told, and checks on the way what the session promises.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "fuzz/session_feed.h"
#include "oriel/base/check.h"
#include "oriel/core/conduit/peer_session.h"

namespace oriel::fuzz {

struct ConduitPlan {
  std::size_t step_bytes;  // of a piece, at least 1
  Calls calls;
  bool is_owner_lazy;  // handles something only when the session rests until it does
  conduit::SessionLimits limits;
};

struct ConduitOutcome {
  std::vector<conduit::SessionEvent> events;
  Bytes output;
  std::optional<Error> error;
  std::size_t unconsumed = 0;
  bool is_open = false;

  friend bool operator==(const ConduitOutcome&, const ConduitOutcome&) = default;
};

inline SharedBytes conduit_reply(std::uint64_t correlation) {
  return std::make_shared<const Bytes>(conduit::make_frame(conduit::FrameType::kRpcResponse,
                                                           conduit::Map{{"success", true}},
                                                           {.correlation = correlation}));
}

// Ends with the session's end or when all bytes have been shown and it does not rest.
inline ConduitOutcome feed_conduit(conduit::PeerSession& session, ByteSpan bytes,
                                   const ConduitPlan& plan) {
  ConduitOutcome outcome;
  std::vector<std::optional<std::uint64_t>> waiting;  // calls, and messages as nothing
  TimePoint now{};
  const auto take = [&] {
    take_output(session.output(), outcome.output);
    while (auto event = session.take_event()) {
      if (const auto* call = std::get_if<conduit::CallReceived>(&*event))
        waiting.emplace_back(call->correlation);
      if (std::holds_alternative<conduit::MessageReceived>(*event)) waiting.emplace_back();
      // Of those that come together only the last is told.
      if (std::holds_alternative<conduit::PeerPaused>(*event) && !outcome.events.empty() &&
          std::holds_alternative<conduit::PeerPaused>(outcome.events.back()))
        outcome.events.pop_back();
      outcome.events.push_back(std::move(*event));
    }
    ORIEL_CHECK(waiting.size() <= plan.limits.receive_queue);
  };
  const auto handle_one = [&] {
    ORIEL_CHECK(!waiting.empty());
    const auto one = waiting.front();
    waiting.erase(waiting.begin());
    if (one) {
      session.answer(*one, conduit_reply(*one));
    } else {
      session.message_handled();
    }
    take_output(session.output(), outcome.output);
  };

  Bytes pending;
  std::size_t wanted = 1;
  take();
  while (!bytes.empty() && !outcome.error && session.transition() == Transition::kNone) {
    const auto piece = bytes.first(std::min(plan.step_bytes, bytes.size()));
    bytes = bytes.subspan(piece.size());
    pending.insert(pending.end(), piece.begin(), piece.end());
    if (plan.calls == Calls::kWhenWantedIsThere && pending.size() < wanted) continue;
    for (bool is_shown = true; is_shown && !outcome.error;) {
      // A block of their own, so that ASan sees reads past the end.
      const Bytes shown(pending.begin(), pending.end());
      const auto need = session.receive(shown, now);
      take();
      if (!need) {
        ORIEL_CHECK(!need.error().message.empty());
        outcome.error = need.error();
        break;
      }
      ORIEL_CHECK(need->consumed <= pending.size() && need->wanted >= 1);
      ORIEL_CHECK(need->wanted <= conduit::frame_bytes_max(plan.limits));
      pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(need->consumed));
      wanted = need->wanted;
      while (session.rests_until() > now) {
        if (*session.rests_until() == TimePoint::max()) {
          handle_one();
        } else {
          now = *session.rests_until();
        }
      }
      while (!plan.is_owner_lazy && !waiting.empty()) handle_one();
      // A value that has passed: what was left is to be shown again.
      is_shown = (need->ends_turn || session.rests_until()) && pending.size() >= wanted;
      ORIEL_CHECK(is_shown || wanted > pending.size());
    }
  }
  outcome.is_open = session.is_open();
  if (!outcome.error) outcome.unconsumed = pending.size();
  // What is handled after the end.
  while (!waiting.empty()) handle_one();
  return outcome;
}

// Whatever came, a session ends in order: with a deadline that it keeps, and quietly.
inline void end_conduit(conduit::PeerSession& session) {
  for (int looks = 0; session.deadline() && looks < 1000; ++looks) {
    const auto at = *session.deadline();
    if (!session.deadline_passed(at)) break;
    Bytes ignored;
    take_output(session.output(), ignored);
    ORIEL_CHECK(!session.deadline() || *session.deadline() > at);
  }
  session.say_close("the end");
  ORIEL_CHECK(session.transition() == Transition::kClose && !session.deadline());
  ORIEL_CHECK(session.rests_until() == std::nullopt);
}

}  // namespace oriel::fuzz

#pragma once
// How many messages a viewer may say: a token bucket. Who says more is not ended but left unread
// for a moment, so that its own writes wait; only who does not let up is a flood.

#include <optional>

#include "oriel/base/time.h"
#include "oriel/core/rfb/client_message.h"
#include "oriel/core/rfb/limits.h"

namespace oriel::rfb {

// How many plain messages, such as a key, this one counts for.
int message_weight(const ClientMessage& message);

// One strand owns it.
class MessageAllowance {
 public:
  // A second's worth of messages is there at the start, and is the most that can be saved.
  MessageAllowance(const Limits& limits, TimePoint now);

  // A message of this weight has come.
  void spend(int weight, TimePoint now);
  // While it has a value that lies ahead, no more is taken.
  std::optional<TimePoint> rests_until() const { return rests_until_; }
  // Too much has been coming for limits.flood_timeout, without a break.
  bool is_flood(TimePoint now) const;

 private:
  double tokens_at(TimePoint now) const;

  double rate_per_s_;
  Duration flood_timeout_;
  double tokens_;
  TimePoint counted_at_;
  std::optional<TimePoint> rests_until_;
  std::optional<TimePoint> too_much_since_;
};

}  // namespace oriel::rfb

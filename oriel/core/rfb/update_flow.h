#pragma once
// How often one viewer is sent updates: a token bucket that caps the rate and never delays the
// first change after quiet.

#include "oriel/base/time.h"

namespace oriel::rfb {

// One strand owns it.
class UpdateFlow {
 public:
  // At most `rate_per_s` (>= 1) updates per second, and bursts of kBurst.
  UpdateFlow(int rate_per_s, TimePoint now);

  // The earliest moment at which an update may leave: `now` or before when it may leave at once.
  TimePoint next_allowed(TimePoint now) const;
  // An update leaves now.
  void sent(TimePoint now);
  // The viewer acted: what follows is sent at once.
  void input_came(TimePoint now);

 private:
  // A painter's frame often arrives as two commits; both belong to "the first change after quiet".
  static constexpr double kBurst = 3;

  double tokens_at(TimePoint now) const;

  double rate_per_s_;
  double tokens_ = kBurst;
  TimePoint counted_at_;
};

}  // namespace oriel::rfb

#pragma once
// How long to wait before something that failed is tried again: longer each time, and a little at
// random. Pure.

#include <algorithm>

#include "oriel/base/time.h"

namespace oriel::desktop {

class BackOff {
 public:
  BackOff(Duration first, Duration longest) : first_(first), longest_(longest), next_(first) {}

  // `random` is in [0, 1). Half of the wait is sure, the other half at random.
  Duration next(double random) {
    const Duration whole = next_;
    next_ = std::min(next_ * 2, longest_);
    return whole / 2 + std::chrono::duration_cast<Duration>(whole / 2 * random);
  }
  // It has gone well for long enough.
  void reset() { next_ = first_; }

 private:
  Duration first_;
  Duration longest_;
  Duration next_;
};

}  // namespace oriel::desktop

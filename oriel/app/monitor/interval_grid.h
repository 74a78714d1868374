#pragma once
// When samples are due. Intervals are counted from one moment, so that nothing drifts, equal
// intervals meet, and a pause brings no burst; they are rounded up to ticks, so that unequal ones
// meet too. Pure.

#include <chrono>

#include "oriel/base/time.h"

namespace oriel::monitor {

class IntervalGrid {
 public:
  IntervalGrid(TimePoint epoch, std::chrono::milliseconds tick) : epoch_(epoch), tick_(tick) {}

  // The first tick that is not before `time`, which is not before the epoch.
  TimePoint tick_at(TimePoint time) const { return multiple_after(tick_, time - Duration(1)); }
  // The tick of the first multiple of `interval` after `time`.
  TimePoint due_after(TimePoint time, std::chrono::milliseconds interval) const {
    return tick_at(multiple_after(interval, time));
  }

 private:
  TimePoint multiple_after(std::chrono::milliseconds step, TimePoint time) const {
    return epoch_ + step * ((time - epoch_) / step + 1);
  }

  TimePoint epoch_;
  std::chrono::milliseconds tick_;
};

}  // namespace oriel::monitor

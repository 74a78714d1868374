#pragma once
// When which part of a display that reports no damage is looked at: in bands of whole rows, often
// where something changes, seldom where nothing does, and never more than a share of the time.
// Pure.

#include <vector>

#include "oriel/base/time.h"
#include "oriel/core/image/rect.h"

namespace oriel::desktop {

// One owner. Use: `due` -> look at the bands -> `looked` for each -> wait until `next`.
class PollSchedule {
 public:
  PollSchedule(image::Size size, TimePoint now) { reset(size, now); }

  // Another size: all bands are due.
  void reset(image::Size size, TimePoint now);

  const std::vector<image::Rect>& bands() const { return rects_; }
  // The numbers of the bands to be looked at now; empty before `next`.
  std::vector<int> due(TimePoint now) const;
  // When the next look may be.
  TimePoint next() const;

  enum class Look { kSame, kChanged, kFailed };
  void looked(int number, Look what, TimePoint now);
  // Looks that began at `began` are over: the next ones wait for their share of the time.
  void paid(TimePoint began, TimePoint now);
  // Somebody typed or pointed: what that changes is seen soon.
  void input_came(TimePoint now);

 private:
  struct Band {
    TimePoint due;
    Duration interval;
    bool is_near_change;
  };
  void hurry(Band& band, TimePoint now) const;

  std::vector<image::Rect> rects_;
  std::vector<Band> bands_;
  TimePoint pause_until_{};
  TimePoint fast_until_{};
};

}  // namespace oriel::desktop

#pragma once
// How often a session or an X server that ends is started again: at most kMaxSessionRestarts times
// in any kSessionRestartWindow. Pure.

#include <deque>

#include "oriel/base/time.h"
#include "oriel/io/desktop/limits.h"

namespace oriel::desktop {

class RestartPolicy {
 public:
  // Whether to restart now; if so, it counts.
  bool allow(TimePoint now) {
    while (!restarts_.empty() && now - restarts_.front() >= kSessionRestartWindow) {
      restarts_.pop_front();
    }
    if (restarts_.size() >= kMaxSessionRestarts) return false;
    restarts_.push_back(now);
    return true;
  }

 private:
  std::deque<TimePoint> restarts_;
};

}  // namespace oriel::desktop

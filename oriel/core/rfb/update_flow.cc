#include "oriel/core/rfb/update_flow.h"

#include <algorithm>
#include <chrono>

namespace oriel::rfb {

UpdateFlow::UpdateFlow(int rate_per_s, TimePoint now)
    : rate_per_s_(std::max(rate_per_s, 1)), counted_at_(now) {}

double UpdateFlow::tokens_at(TimePoint now) const {
  const std::chrono::duration<double> passed = now - counted_at_;
  return std::min(kBurst, tokens_ + passed.count() * rate_per_s_);
}

TimePoint UpdateFlow::next_allowed(TimePoint now) const {
  const double missing = 1 - tokens_at(now);
  if (missing <= 0) return now;
  // A nanosecond more, so that rounding never makes a timer fire just too early.
  return now +
         std::chrono::duration_cast<Duration>(
             std::chrono::duration<double>(missing / rate_per_s_)) +
         Duration(1);
}

void UpdateFlow::sent(TimePoint now) {
  tokens_ = std::max(0.0, tokens_at(now) - 1);
  counted_at_ = now;
}

void UpdateFlow::input_came(TimePoint now) {
  tokens_ = std::max(1.0, tokens_at(now));
  counted_at_ = now;
}

}  // namespace oriel::rfb

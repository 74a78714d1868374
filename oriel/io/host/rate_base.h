#pragma once
// The earlier reading that a rate compares with. Time is an argument.

#include <chrono>
#include <optional>
#include <utility>

#include "oriel/base/time.h"
#include "oriel/io/host/limits.h"

namespace oriel::host {

// Keeps two readings, so that frequent ones are compared over at least kRateWindow.
template <typename Reading>
class RateBase {
 public:
  struct Earlier {
    const Reading* reading = nullptr;  // nullptr at the first reading
    double seconds = 0;                // since then, above 0 when there is one
  };

  // Good until add() or reset().
  Earlier before(TimePoint now) {
    if (newer_ && now < newer_->second) reset();
    if (!newer_ || now == newer_->second) return from(older_, now);
    const bool is_old_enough = now - newer_->second >= kRateWindow;
    return from(is_old_enough || !older_ ? newer_ : older_, now);
  }

  void add(Reading reading, TimePoint now) {
    if (newer_ && now - newer_->second < kRateWindow) return;
    older_ = std::exchange(newer_, std::pair(std::move(reading), now));
  }

  void reset() {
    newer_.reset();
    older_.reset();
  }

 private:
  using Kept = std::optional<std::pair<Reading, TimePoint>>;

  static Earlier from(const Kept& kept, TimePoint now) {
    if (!kept || now <= kept->second) return {};
    return {&kept->first, std::chrono::duration<double>(now - kept->second).count()};
  }

  Kept older_, newer_;
};

}  // namespace oriel::host

#pragma once
// How fast viewers are being sent pictures, from their counts as they were looked at. Pure: time is
// an argument.

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "oriel/app/server/viewer.h"
#include "oriel/base/time.h"

namespace oriel::web {

struct ViewerRate {
  double frames_per_s = 0;
  double bytes_per_s = 0;
  std::vector<double> round_trips_ms;  // at most kHistory, one a second, the newest last
};

// The network thread owns it.
class ViewerRates {
 public:
  static constexpr std::size_t kHistory = 60;

  // Looks at a viewer's counts. The rates are of the last seconds, or since the look before when
  // that is longer ago; at the first look, since it connected.
  ViewerRate look(server::ViewerId viewer, const server::ViewerFigures& figures, TimePoint now);
  void forget(server::ViewerId viewer) { viewers_.erase(viewer); }

 private:
  struct Look {
    TimePoint time{};
    std::uint64_t updates = 0;
    std::uint64_t bytes = 0;
  };
  struct Looks {
    std::deque<Look> looks;
    std::deque<double> round_trips_ms;
    TimePoint round_trip_at{};
  };

  std::map<server::ViewerId, Looks> viewers_;
};

}  // namespace oriel::web

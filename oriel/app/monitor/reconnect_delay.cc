#include "oriel/app/monitor/reconnect_delay.h"

#include <algorithm>
#include <cmath>

namespace oriel::monitor {

std::chrono::milliseconds reconnect_delay(ReconnectPace pace, unsigned attempt, double chance) {
  const int doublings = static_cast<int>(std::min(std::max(attempt, 1u) - 1, 62u));
  const auto most = static_cast<double>(std::max(pace.first, pace.most).count());
  const auto plain = std::min(std::ldexp(static_cast<double>(pace.first.count()), doublings), most);
  return std::chrono::milliseconds(std::llround(plain * (0.8 + 0.4 * chance)));
}

}  // namespace oriel::monitor

#include "oriel/app/net/reconnect_delay.h"

#include <algorithm>
#include <cmath>

namespace oriel::net {

std::chrono::milliseconds reconnect_delay(ReconnectPace pace, unsigned attempt, double chance) {
  const auto steps = static_cast<double>(std::max(attempt, 1u) - 1);
  const auto most = static_cast<double>(std::max(pace.first, pace.most).count());
  // pow may be infinite; then it is `most`.
  const auto plain =
      std::min(static_cast<double>(pace.first.count()) * std::pow(pace.multiplier, steps), most);
  return std::chrono::milliseconds(std::llround(plain * (0.8 + 0.4 * chance)));
}

}  // namespace oriel::net

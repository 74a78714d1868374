#pragma once
// How long a client waits before it tries again. Pure.

#include <chrono>

namespace oriel::net {

struct ReconnectPace {
  std::chrono::milliseconds first;  // at least 1 ms
  std::chrono::milliseconds most;   // at least `first`
  double multiplier = 2;            // at least 1
};

// attempt: 1 for the first after a failure; each multiplies the wait up to `most`. chance: 0 to 1,
// by which the wait becomes up to a fifth shorter or longer, so that the clients of a server that
// went do not all come back at once.
std::chrono::milliseconds reconnect_delay(ReconnectPace pace, unsigned attempt, double chance);

}  // namespace oriel::net

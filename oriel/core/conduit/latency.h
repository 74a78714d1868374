#pragma once
// How long something takes, measured again and again: the numbers of the real programs' heartbeats
// (row N044).

#include <optional>

#include "oriel/base/time.h"

namespace oriel::conduit {

struct LatencyStats {
  // All have a value, or none has.
  std::optional<Duration> current;
  std::optional<Duration> average;  // moving: a new value counts for 0.3
  std::optional<Duration> least;
  std::optional<Duration> most;

  void add(Duration latency);

  friend bool operator==(const LatencyStats&, const LatencyStats&) = default;
};

}  // namespace oriel::conduit

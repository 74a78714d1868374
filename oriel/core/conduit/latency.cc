#include "oriel/core/conduit/latency.h"

#include <algorithm>

namespace oriel::conduit {
namespace {

constexpr double kWeight = 0.3;

}  // namespace

void LatencyStats::add(Duration latency) {
  current = latency;
  least = std::min(least.value_or(latency), latency);
  most = std::max(most.value_or(latency), latency);
  const auto before = static_cast<double>(average.value_or(latency).count());
  average = Duration(static_cast<Duration::rep>(kWeight * static_cast<double>(latency.count()) +
                                                (1 - kWeight) * before));
}

}  // namespace oriel::conduit

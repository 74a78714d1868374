#include "oriel/core/monitor/counters.h"

namespace oriel::monitor {

std::optional<std::uint64_t> counter_moved(std::uint64_t before, std::uint64_t now,
                                           CounterWidth width) {
  if (now >= before) return now - before;
  constexpr std::uint64_t kRange = std::uint64_t{1} << 32;
  if (width == CounterWidth::k64 || before >= kRange) return {};
  const auto wrapped = kRange - before + now;
  if (wrapped >= kRange / 2) return {};
  return wrapped;
}

std::optional<double> counter_rate(std::uint64_t before, std::uint64_t now, double seconds,
                                   CounterWidth width) {
  if (seconds <= 0) return {};
  const auto moved = counter_moved(before, now, width);
  if (!moved) return {};
  return static_cast<double>(*moved) / seconds;
}

}  // namespace oriel::monitor

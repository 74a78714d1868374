#pragma once
// How far a counter of the kernel went between two readings, and how fast.

#include <cstdint>
#include <optional>

namespace oriel::monitor {

enum class CounterWidth { k32, k64 };

// Nothing when the counter was reset. A counter that is 32 bits wide wraps at 4 Gi; half of its
// range or more at once is taken for a reset.
std::optional<std::uint64_t> counter_moved(std::uint64_t before, std::uint64_t now,
                                           CounterWidth width);

// Per second; nothing without time, or after a reset.
std::optional<double> counter_rate(std::uint64_t before, std::uint64_t now, double seconds,
                                   CounterWidth width);

}  // namespace oriel::monitor

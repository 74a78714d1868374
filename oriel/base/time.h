#pragma once
// The one clock of a session: steady, never set back. `core` gets times as arguments and never asks
// for them.

#include <chrono>

namespace oriel {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

}  // namespace oriel

#pragma once
// The CPU time of this thread: what two ways cost compares with it even when the machine is shared.

#include <chrono>
#include <ctime>

namespace oriel::bench {

struct CpuClock {
  static std::chrono::duration<double> now() {
    std::timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }
};

}  // namespace oriel::bench

#pragma once
// /proc/meminfo to memory and swap (proc_meminfo(5)).

#include <optional>
#include <string_view>

#include "oriel/core/monitor/snapshot.h"

namespace oriel::monitor {

struct MemInfo {
  std::optional<Memory> memory;  // empty without MemTotal or MemFree
  std::optional<Swap> swap;      // empty without SwapTotal; all 0 where there is none
};

// "used" is total - free - buffers - caches, the share is that of what is not available, as psutil
// reckons. Kernels before 3.14 lack MemAvailable: free, buffers and cached page cache without
// shared memory stand for it.
MemInfo parse_meminfo(std::string_view text);

// part / whole in percent; 0 for an empty whole, never above 100.
double percent_of(std::uint64_t part, std::uint64_t whole);

}  // namespace oriel::monitor

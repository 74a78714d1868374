#pragma once
// /proc/PID/stat and /proc/PID/io to values (proc_pid_stat(5), proc_pid_io(5)), and the first
// processes of an order.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/core/monitor/snapshot.h"

namespace oriel::monitor {

struct ProcessCounters {
  int pid = 0;
  int parent = 0;
  std::string name;
  char state = '?';
  int threads = 0;
  std::uint64_t cpu_ticks = 0;    // user and system
  std::uint64_t start_ticks = 0;  // since boot: tells a process from a later one of the same pid
  std::uint64_t resident_pages = 0;
  std::optional<std::uint64_t> io_bytes;  // read from and written to storage
};

std::optional<ProcessCounters> parse_process_stat(std::string_view text);

// read_bytes + write_bytes, without what was written and then cancelled.
std::optional<std::uint64_t> parse_process_io(std::string_view text);

struct TickLength {
  double ticks_per_s = 100;
  std::uint64_t page_bytes = 4096;
};

// `before` sorted by pid, as `now` is. What a process took over from a known one that ended is not
// its own I/O and left out; of one that came and went between the two, it counts for the parent.
// seconds between them, not above 0 at the first reading.
std::vector<ProcessUse> process_uses(std::span<const ProcessCounters> before,
                                     std::span<const ProcessCounters> now, double seconds,
                                     TickLength length);

enum class ProcessOrder { kCpu, kMemory, kIo };

// At most `count`, largest first, equals by pid. Those without the figure are left out.
std::vector<ProcessUse> top_processes(std::span<const ProcessUse> all, ProcessOrder order,
                                      std::size_t count);

}  // namespace oriel::monitor

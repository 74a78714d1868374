#pragma once
// /proc/stat and /proc/cpuinfo to values (proc_stat(5), proc_cpuinfo(5)), and the use of processors
// between two readings.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/core/monitor/snapshot.h"

namespace oriel::monitor {

// Times of one line "cpu…" of /proc/stat, in ticks. Fields that an old kernel lacks are 0.
struct CpuTimes {
  std::uint64_t user = 0;  // holds guest
  std::uint64_t nice = 0;  // holds guest_nice
  std::uint64_t system = 0;
  std::uint64_t idle = 0;
  std::uint64_t iowait = 0;
  std::uint64_t irq = 0;
  std::uint64_t softirq = 0;
  std::uint64_t steal = 0;

  friend bool operator==(const CpuTimes&, const CpuTimes&) = default;
};

struct CoreTimes {
  int number = 0;
  CpuTimes times;

  friend bool operator==(const CoreTimes&, const CoreTimes&) = default;
};

struct ProcStat {
  std::optional<CpuTimes> all;
  std::vector<CoreTimes> cores;  // online, ascending
  std::optional<std::int64_t> boot_time_s;
  std::optional<std::uint64_t> blocked;
};

// Never fails: what is odd is left out. A core line out of order or twice is left out too.
ProcStat parse_proc_stat(std::string_view text);

struct CpuShares {
  double usage_percent = 0;
  double user_percent = 0;
  double system_percent = 0;
  double iowait_percent = 0;
  double steal_percent = 0;
};

// Nothing when no time passed. A counter that went back (iowait does; all do when a core returns)
// counts as not moved.
std::optional<CpuShares> cpu_shares(const CpuTimes& before, const CpuTimes& now);

// Usage of the cores that both readings have.
std::vector<CoreUse> core_uses(const std::vector<CoreTimes>& before,
                               const std::vector<CoreTimes>& now);

struct CpuInfo {
  std::string model;                    // empty where the architecture tells none
  std::optional<double> frequency_mhz;  // mean over the cores; x86 only
  std::optional<int> physical_cores;    // where "physical id" and "core id" tell
};

CpuInfo parse_cpuinfo(std::string_view text);

}  // namespace oriel::monitor

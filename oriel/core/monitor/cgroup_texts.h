#pragma once
// Control groups, version 1 and 2, to values (cgroups(7), the kernel's admin-guide/cgroup-v1 and
// cgroup-v2.rst): where a process's groups are, what they may use, and what they use.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/core/monitor/disk_texts.h"
#include "oriel/core/monitor/snapshot.h"

namespace oriel::monitor {

// One line of /proc/self/cgroup.
struct CgroupLine {
  std::string controllers;  // "cpu,cpuacct"; empty for version 2
  std::string path;
};

std::vector<CgroupLine> parse_proc_cgroup(std::string_view text);

// Where the files of a controller are.
struct CgroupPlace {
  int version = 2;
  std::string path;  // of the group in its hierarchy, as the process sees it
  // Absolute, from the process's own group up to the top of what is mounted.
  std::vector<std::string> folders;

  friend bool operator==(const CgroupPlace&, const CgroupPlace&) = default;
};

// Nothing where the controller is not mounted. Version 1 wins where both are mounted, because a
// controller lives in one hierarchy and version 1 names it. A path outside of what is mounted (a
// container without a cgroup namespace) means the top of the mount.
std::optional<CgroupPlace> cgroup_place(std::span<const CgroupLine> lines,
                                        std::span<const Mount> mounts, std::string_view controller);

// A limit in bytes: nothing for "max" and for version 1's number that stands for none.
std::optional<std::uint64_t> parse_byte_limit(std::string_view text);

// cpu.max of version 2, "50000 100000", in cores; nothing for "max".
std::optional<double> parse_cpu_max(std::string_view text);

// cpu.cfs_quota_us and cpu.cfs_period_us of version 1; nothing for -1.
std::optional<double> cpu_quota_cores(std::string_view quota_us, std::string_view period_us);

// The number behind `key` in a file of lines "key number" (cpu.stat, memory.stat, memory.events).
std::optional<std::uint64_t> find_key(std::string_view text, std::string_view key);

// One reading of a cgroup, from files of either version.
struct CgroupReading {
  int version = 2;
  std::string path;
  std::optional<double> quota_cores;  // the smallest on the way up
  std::optional<int> cpuset_cores;
  std::optional<std::uint64_t> cpu_used_us;
  std::optional<std::uint64_t> periods;
  std::optional<std::uint64_t> throttled_periods;
  std::optional<std::uint64_t> throttled_us;
  std::optional<std::uint64_t> memory_limit;  // the smallest on the way up
  std::optional<std::uint64_t> memory_used;
  std::optional<std::uint64_t> inactive_file;  // cache that is given up before anything else
  std::optional<std::uint64_t> swap_limit;
  std::optional<std::uint64_t> swap_used;
  std::optional<std::uint64_t> oom_kills;
};

// before: nullptr at the first reading. host_cores: online, at least 1.
Cgroup cgroup_use(const CgroupReading* before, const CgroupReading& now, double seconds,
                  int host_cores);

// Puts the cgroup's limits and use in the place of the host's where it sets some, and the host's
// figures into `snapshot.host`.
void put_cgroup_first(Snapshot& snapshot);

}  // namespace oriel::monitor

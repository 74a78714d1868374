#pragma once
// /proc/diskstats and /proc/self/mountinfo to values (the kernel's admin-guide/iostats.rst,
// proc_pid_mountinfo(5)), and throughput between two readings.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/core/monitor/counters.h"
#include "oriel/core/monitor/snapshot.h"

namespace oriel::monitor {

struct DiskCounters {
  std::string name;
  std::uint64_t reads = 0;
  std::uint64_t read_sectors = 0;  // of 512 bytes, whatever the device has
  std::uint64_t writes = 0;
  std::uint64_t write_sectors = 0;
  std::uint64_t busy_ms = 0;  // 32 bits wide in every kernel

  friend bool operator==(const DiskCounters&, const DiskCounters&) = default;
};

// All lines, partitions too, in the order of the text. Lines of 2.6's short form for partitions
// (four counters) are left out.
std::vector<DiskCounters> parse_diskstats(std::string_view text);

// By the name alone: sda1, nvme0n1p2, mmcblk0p1. For hosts without /sys/block.
bool is_partition_name(std::string_view name);
// A loop or RAM disk, which only matters when it is in use.
bool is_virtual_disk_name(std::string_view name);

// `before` may lack disks and have others; both in any order. Disks that were never used and are of
// a virtual kind are left out.
std::vector<DiskThroughput> disk_throughput(std::span<const DiskCounters> before,
                                            std::span<const DiskCounters> now, double seconds,
                                            CounterWidth width);

struct Mount {
  std::string path;  // unescaped
  std::string root;  // which part of the file system: "/" unless it is a bind mount or subvolume
  std::string type;
  std::string device;  // source, such as /dev/sda1
  std::string super_options;
  std::string device_number;  // major:minor
};

std::vector<Mount> parse_mountinfo(std::string_view text);

// Those with space of their own, as df would show: one for each device, "/" always, no
// pseudo file systems. Network and FUSE file systems are left out, because asking a server that has
// gone away blocks.
std::vector<Mount> mounts_with_space(std::span<const Mount> mounts);

}  // namespace oriel::monitor

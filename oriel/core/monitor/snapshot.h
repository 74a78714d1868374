#pragma once
// What a host was doing at one moment, as plain values. An empty optional means that the host does
// not say, or, for a rate, that there is no earlier reading to compare with. Sizes are bytes,
// shares are percent (0-100), rates are per second.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace oriel::monitor {

// The host's own idea of the time, which may step. For people; never used to measure.
struct WallTime {
  std::int64_t microseconds = 0;        // since 1970, UTC
  std::int32_t utc_offset_seconds = 0;  // of the local time zone

  friend bool operator==(const WallTime&, const WallTime&) = default;
};

struct CoreUse {
  int number = 0;  // as the kernel counts; offline cores are missing
  double usage_percent = 0;

  friend bool operator==(const CoreUse&, const CoreUse&) = default;
};

struct Processor {
  // In a cgroup that limits CPU: of that limit.
  std::optional<double> usage_percent;
  std::optional<double> user_percent;    // with nice and guests
  std::optional<double> system_percent;  // with interrupts
  std::optional<double> iowait_percent;
  std::optional<double> steal_percent;
  std::vector<CoreUse> cores;           // empty at the first reading
  std::optional<int> physical_cores;    // null to readers when unknown
  int logical_cores = 0;                // online
  std::optional<double> frequency_mhz;  // mean of the cores
  std::optional<double> frequency_max_mhz;
  std::optional<double> temperature_celsius;
  std::string model;  // empty when the kernel does not say (arm64)

  friend bool operator==(const Processor&, const Processor&) = default;
};

struct Memory {
  std::uint64_t total = 0;
  std::uint64_t available = 0;
  std::uint64_t used = 0;  // without buffers and caches
  std::optional<std::uint64_t> free;
  std::optional<std::uint64_t> buffers;
  std::optional<std::uint64_t> cached;  // with reclaimable slab
  std::optional<std::uint64_t> shared;
  double usage_percent = 0;  // of total that is not available

  friend bool operator==(const Memory&, const Memory&) = default;
};

struct Swap {
  std::uint64_t total = 0;
  std::uint64_t used = 0;
  std::uint64_t free = 0;
  double usage_percent = 0;

  friend bool operator==(const Swap&, const Swap&) = default;
};

// Space of one mounted file system, as df shows it.
struct MountSpace {
  std::string path;
  std::string device;
  std::string type;
  std::uint64_t total = 0;
  std::uint64_t used = 0;
  std::uint64_t free = 0;    // for users; what is kept for root is neither used nor free
  double usage_percent = 0;  // used / (used + free)

  friend bool operator==(const MountSpace&, const MountSpace&) = default;
};

// A whole block device; partitions are parts of it.
struct DiskThroughput {
  std::string name;
  // Of the device-mapper or md kind, on top of others: left out of totals.
  bool is_stacked = false;
  std::uint64_t read_bytes = 0;
  std::uint64_t write_bytes = 0;
  std::optional<double> read_bytes_per_s;
  std::optional<double> write_bytes_per_s;
  std::optional<double> reads_per_s;
  std::optional<double> writes_per_s;
  std::optional<double> busy_percent;

  friend bool operator==(const DiskThroughput&, const DiskThroughput&) = default;
};

struct InterfaceTraffic {
  std::string name;
  std::uint64_t received_bytes = 0;
  std::uint64_t sent_bytes = 0;
  std::uint64_t received_packets = 0;
  std::uint64_t sent_packets = 0;
  std::uint64_t receive_errors = 0;
  std::uint64_t send_errors = 0;
  std::uint64_t receive_drops = 0;
  std::uint64_t send_drops = 0;
  std::optional<double> received_bytes_per_s;
  std::optional<double> sent_bytes_per_s;
  std::optional<double> received_packets_per_s;
  std::optional<double> sent_packets_per_s;

  friend bool operator==(const InterfaceTraffic&, const InterfaceTraffic&) = default;
};

struct Gpu {
  std::string name;
  std::string vendor;  // nvidia, amd, intel
  std::string driver_version;
  std::optional<double> usage_percent;
  std::optional<std::uint64_t> memory_total;
  std::optional<std::uint64_t> memory_used;
  std::optional<double> temperature_celsius;
  std::optional<double> power_watts;
  std::optional<double> power_limit_watts;
  std::optional<double> clock_mhz;

  friend bool operator==(const Gpu&, const Gpu&) = default;
};

struct ProcessUse {
  int pid = 0;
  int parent = 0;
  std::string name;
  char state = '?';
  int threads = 0;
  std::optional<double> cpu_percent;     // 100 is one core
  std::uint64_t memory_bytes = 0;        // resident
  std::optional<double> io_bytes_per_s;  // storage, both ways; missing without permission

  friend bool operator==(const ProcessUse&, const ProcessUse&) = default;
};

struct Processes {
  std::size_t count = 0;
  // The first of each order; empty where nobody asked for that order.
  std::vector<ProcessUse> by_cpu;
  std::vector<ProcessUse> by_memory;
  std::vector<ProcessUse> by_io;

  friend bool operator==(const Processes&, const Processes&) = default;
};

struct Battery {
  std::string name;
  double percent = 0;
  std::string status;  // charging, discharging, full, not charging, unknown
  std::optional<double> power_watts;
  std::optional<double> seconds_left;  // to empty, or to full while it charges

  friend bool operator==(const Battery&, const Battery&) = default;
};

struct Sensor {
  std::string name;  // "chip/label", unique
  double temperature_celsius = 0;
  std::optional<double> high_celsius;
  std::optional<double> critical_celsius;

  friend bool operator==(const Sensor&, const Sensor&) = default;
};

struct System {
  std::string os_name;     // Linux
  std::string os_version;  // of the kernel's build
  std::string os_release;  // of the kernel
  std::string machine;
  std::string hostname;
  std::string platform;
  std::string distribution;                 // PRETTY_NAME of os-release
  std::optional<std::int64_t> boot_time_s;  // since 1970
  std::optional<double> uptime_s;

  friend bool operator==(const System&, const System&) = default;
};

struct Load {
  double one_minute = 0;
  double five_minutes = 0;
  double fifteen_minutes = 0;
  std::optional<std::uint64_t> running;  // tasks, threads counted
  std::optional<std::uint64_t> tasks;

  friend bool operator==(const Load&, const Load&) = default;
};

// One line of /proc/pressure: the share of time in which tasks waited.
struct Stall {
  double average_10s = 0;
  double average_60s = 0;
  double average_300s = 0;
  std::uint64_t total_us = 0;

  friend bool operator==(const Stall&, const Stall&) = default;
};

struct ResourcePressure {
  std::optional<Stall> some;
  std::optional<Stall> full;

  friend bool operator==(const ResourcePressure&, const ResourcePressure&) = default;
};

struct Pressure {
  std::optional<ResourcePressure> cpu;
  std::optional<ResourcePressure> memory;
  std::optional<ResourcePressure> io;

  friend bool operator==(const Pressure&, const Pressure&) = default;
};

// The control group of the sampling process and what it may use. `limit` members are empty where
// neither it nor a group above it sets one.
struct Cgroup {
  int version = 2;
  std::string path;                         // of the group in its own hierarchy
  std::optional<double> cpu_limit;          // cores, quota and cpuset taken together
  std::optional<double> cpu_cores;          // used, in cores, at the level of the limit
  std::optional<double> cpu_percent;        // of the limit, else of the host's cores
  std::optional<double> throttled_percent;  // of the periods since the last sample
  std::optional<std::uint64_t> throttled_periods;
  std::optional<std::uint64_t> throttled_us;
  std::optional<std::uint64_t> memory_limit;
  std::optional<std::uint64_t>
      memory_used;  // without inactive file cache, at the level of the limit
  std::optional<std::uint64_t> swap_limit;
  std::optional<std::uint64_t> swap_used;
  std::optional<std::uint64_t> oom_kills;

  friend bool operator==(const Cgroup&, const Cgroup&) = default;
};

// The host's own figures, where those of the cgroup stand in their place.
struct HostBeside {
  std::optional<Processor> processor;  // without its cores, which are those of the host anyway
  std::optional<Memory> memory;

  friend bool operator==(const HostBeside&, const HostBeside&) = default;
};

// Sections that nobody asked for, or that the host does not have, are empty.
struct Snapshot {
  WallTime time;
  std::optional<Processor> processor;
  std::optional<Memory> memory;
  std::optional<Swap> swap;
  std::optional<MountSpace> root;  // the mount "/"
  std::vector<MountSpace> mounts;
  std::vector<DiskThroughput> disks;
  std::vector<InterfaceTraffic> interfaces;
  std::vector<Gpu> gpus;
  std::optional<Processes> processes;
  std::vector<Battery> batteries;
  std::vector<Sensor> sensors;
  std::optional<System> system;
  std::optional<Load> load;
  std::optional<Pressure> pressure;
  std::optional<Cgroup> cgroup;
  std::optional<HostBeside> host;

  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

// How a snapshot is shared between subscribers and the history. Immutable.
using SharedSnapshot = std::shared_ptr<const Snapshot>;

}  // namespace oriel::monitor

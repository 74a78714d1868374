#pragma once
// The section "data" of a monitoring document (core/monitor/document.h makes it) as types, for the
// JSON Schema of what monitor.sample gives. A test compares both. What is optional is left out, or
// null, when the host does not have it.

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oriel::web {

using OptionalNumber = std::optional<double>;
using OptionalCount = std::optional<std::uint64_t>;

struct MemorySample {
  std::uint64_t total = 0, available = 0, used = 0;  // bytes, as the next ones
  OptionalCount free, buffers, cached, shared;
  double percentage = 0, usage_percent = 0;
  double total_gb = 0, used_gb = 0, available_gb = 0;
};
BOOST_DESCRIBE_STRUCT(MemorySample, (),
                      (total, available, used, percentage, usage_percent, total_gb, used_gb,
                       available_gb, free, buffers, cached, shared))

struct ProcessorSample {
  OptionalNumber usage_percent, user_percent, system_percent, iowait_percent, steal_percent;
  OptionalCount core_count;  // physical
  std::uint64_t logical_count = 0;
  double frequency_current = 0, frequency_max = 0;  // MHz, 0 when unknown
  OptionalNumber frequency_mhz, temperature;
  std::optional<std::vector<double>> per_core_usage;
  std::optional<std::vector<std::uint64_t>> core_numbers;  // when some are missing
  std::optional<std::string> model;
};
BOOST_DESCRIBE_STRUCT(ProcessorSample, (),
                      (usage_percent, core_count, logical_count, frequency_current, frequency_max,
                       per_core_usage, core_numbers, temperature, frequency_mhz, user_percent,
                       system_percent, iowait_percent, steal_percent, model))

// Of a mounted file system.
struct SpaceSample {
  std::uint64_t total = 0, used = 0, free = 0;  // bytes
  double percentage = 0, usage_percent = 0;
  double total_gb = 0, used_gb = 0, free_gb = 0;
  std::string path, mount_point, device, type;
};
BOOST_DESCRIBE_STRUCT(SpaceSample, (),
                      (total, used, free, percentage, path, usage_percent, total_gb, used_gb,
                       free_gb, mount_point, device, type))

struct SystemSample {
  std::string os_name, os_version, os_release, architecture, platform, machine, processor, hostname;
  std::optional<std::string> distribution;
  OptionalNumber uptime_seconds;
  std::optional<std::string> boot_time;  // local
};
BOOST_DESCRIBE_STRUCT(SystemSample, (),
                      (os_name, os_version, os_release, architecture, platform, machine, processor,
                       hostname, distribution, uptime_seconds, boot_time))

struct GpuSample {
  std::string name, vendor, driver_version;
  OptionalCount memory_total, memory_used, memory_free;  // bytes
  OptionalCount memory_used_mb, memory_total_mb;
  OptionalNumber memory_percentage, memory_percent, gpu_usage_percent, usage_percent;
  OptionalNumber temperature, power_draw, power_limit, clock_mhz;
};
BOOST_DESCRIBE_STRUCT(GpuSample, (),
                      (name, driver_version, memory_total, memory_used, memory_free,
                       memory_percentage, memory_percent, memory_used_mb, memory_total_mb,
                       gpu_usage_percent, usage_percent, temperature, power_draw, power_limit,
                       clock_mhz, vendor))

struct SwapSample {
  std::uint64_t total = 0, used = 0, free = 0;  // bytes
  double percentage = 0, usage_percent = 0;
};
BOOST_DESCRIBE_STRUCT(SwapSample, (), (total, used, free, percentage, usage_percent))

struct LoadSample {
  double load1 = 0, load5 = 0, load15 = 0;
  OptionalCount running, tasks;
};
BOOST_DESCRIBE_STRUCT(LoadSample, (), (load1, load5, load15, running, tasks))

struct StallSample {
  double avg10 = 0, avg60 = 0, avg300 = 0;  // percent of the time
  std::uint64_t total_us = 0;
};
BOOST_DESCRIBE_STRUCT(StallSample, (), (avg10, avg60, avg300, total_us))

struct ResourcePressureSample {
  std::optional<StallSample> some, full;
};
BOOST_DESCRIBE_STRUCT(ResourcePressureSample, (), (some, full))

struct PressureSample {
  std::optional<ResourcePressureSample> cpu, memory, io;
};
BOOST_DESCRIBE_STRUCT(PressureSample, (), (cpu, memory, io))

struct CgroupSample {
  std::uint64_t version = 2;
  std::string path;
  OptionalNumber cpu_limit, cpu_cores_used;  // cores
  OptionalNumber cpu_percent, throttled_percent;
  OptionalCount throttled_periods, throttled_us;
  OptionalCount memory_limit, memory_used, swap_limit, swap_used;  // bytes
  OptionalCount oom_kills;
};
BOOST_DESCRIBE_STRUCT(CgroupSample, (),
                      (version, path, cpu_limit, cpu_cores_used, cpu_percent, throttled_percent,
                       throttled_periods, throttled_us, memory_limit, memory_used, swap_limit,
                       swap_used, oom_kills))

// Where figures of the cgroup stand in the place of the host's.
struct HostSample {
  std::optional<ProcessorSample> processor;
  std::optional<MemorySample> memory;
};
BOOST_DESCRIBE_STRUCT(HostSample, (), (processor, memory))

struct DiskSample {
  std::uint64_t read_bytes = 0, write_bytes = 0;
  OptionalNumber read_bytes_per_s, write_bytes_per_s, reads_per_s, writes_per_s, busy_percent;
};
BOOST_DESCRIBE_STRUCT(DiskSample, (),
                      (read_bytes, write_bytes, read_bytes_per_s, write_bytes_per_s, reads_per_s,
                       writes_per_s, busy_percent))

struct DisksSample {
  OptionalNumber read_bytes_per_s, write_bytes_per_s;
  std::map<std::string, DiskSample> devices;
};
BOOST_DESCRIBE_STRUCT(DisksSample, (), (read_bytes_per_s, write_bytes_per_s, devices))

struct InterfaceSample {
  std::uint64_t bytes_sent = 0, bytes_recv = 0, packets_sent = 0, packets_recv = 0;
  std::uint64_t errors_in = 0, errors_out = 0, drops_in = 0, drops_out = 0;
  OptionalNumber bytes_sent_per_s, bytes_recv_per_s, packets_sent_per_s, packets_recv_per_s;
};
BOOST_DESCRIBE_STRUCT(InterfaceSample, (),
                      (bytes_sent, bytes_recv, packets_sent, packets_recv, errors_in, errors_out,
                       drops_in, drops_out, bytes_sent_per_s, bytes_recv_per_s, packets_sent_per_s,
                       packets_recv_per_s))

struct NetworkSample {
  OptionalNumber bytes_sent_per_s, bytes_recv_per_s;
  std::map<std::string, InterfaceSample> interfaces;
};
BOOST_DESCRIBE_STRUCT(NetworkSample, (), (bytes_sent_per_s, bytes_recv_per_s, interfaces))

struct SensorSample {
  double temperature = 0;  // degrees Celsius
  OptionalNumber high, critical;
};
BOOST_DESCRIBE_STRUCT(SensorSample, (), (temperature, high, critical))

struct BatterySample {
  double percent = 0;
  std::string status;
  OptionalNumber power_watts, seconds_left;
};
BOOST_DESCRIBE_STRUCT(BatterySample, (), (percent, status, power_watts, seconds_left))

// All but the processes, which are not sampled for it.
struct MonitorSample {
  std::optional<MemorySample> memory;
  std::optional<ProcessorSample> processor;
  std::optional<SpaceSample> disk;  // of "/"
  std::optional<SystemSample> system;
  std::optional<GpuSample> gpu;  // the first with all figures
  std::optional<std::vector<GpuSample>> gpus;
  std::optional<SwapSample> swap;
  std::optional<LoadSample> load;
  std::optional<PressureSample> pressure;
  std::optional<CgroupSample> cgroup;
  std::optional<HostSample> host;
  std::optional<std::map<std::string, SpaceSample>> mounts;
  std::optional<DisksSample> disks;
  std::optional<NetworkSample> network;
  std::optional<std::map<std::string, SensorSample>> sensors;
  std::optional<std::map<std::string, BatterySample>> battery;
};
BOOST_DESCRIBE_STRUCT(MonitorSample, (),
                      (memory, processor, disk, system, gpu, gpus, swap, load, pressure, cgroup,
                       host, mounts, disks, network, sensors, battery))

}  // namespace oriel::web

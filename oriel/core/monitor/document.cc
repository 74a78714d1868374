#include "oriel/core/monitor/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "oriel/core/monitor/memory_texts.h"

namespace oriel::monitor {
namespace {

// Rounds away digits that mean nothing, so that documents are short and deltas rare.
double rounded(double value, double scale) { return std::round(value * scale) / scale; }
double tenth(double value) { return rounded(value, 10); }
double gigabytes(std::uint64_t bytes) {
  return rounded(static_cast<double>(bytes) / (1024.0 * 1024 * 1024), 100);
}
std::uint64_t megabytes(std::uint64_t bytes) { return bytes >> 20; }

void put(Object& object, const char* key, Value value) {
  object.emplace_back(key, std::move(value));
}
void put_tenth(Object& object, const char* key, const std::optional<double>& value) {
  if (value) put(object, key, tenth(*value));
}
template <typename T>
void put_some(Object& object, const char* key, const std::optional<T>& value) {
  if (value) put(object, key, *value);
}
Value tenth_or_null(const std::optional<double>& value) {
  return value ? Value(tenth(*value)) : Value();
}

Object memory_fields(const Memory& memory) {
  Object fields;
  fields.reserve(12);
  put(fields, "total", memory.total);
  put(fields, "available", memory.available);
  put(fields, "used", memory.used);
  put(fields, "percentage", tenth(memory.usage_percent));
  put(fields, "usage_percent", tenth(memory.usage_percent));
  put(fields, "total_gb", gigabytes(memory.total));
  // What the percentage is of; `used` is what psutil calls so.
  put(fields, "used_gb", gigabytes(memory.total - std::min(memory.available, memory.total)));
  put(fields, "available_gb", gigabytes(memory.available));
  put_some(fields, "free", memory.free);
  put_some(fields, "buffers", memory.buffers);
  put_some(fields, "cached", memory.cached);
  put_some(fields, "shared", memory.shared);
  return fields;
}

void put_core_uses(Object& fields, const std::vector<CoreUse>& cores) {
  Array uses, numbers;
  uses.reserve(cores.size());
  bool is_gapless = true;
  for (std::size_t i = 0; i < cores.size(); ++i) {
    uses.emplace_back(tenth(cores[i].usage_percent));
    numbers.emplace_back(cores[i].number);
    if (cores[i].number != static_cast<int>(i)) is_gapless = false;
  }
  put(fields, "per_core_usage", std::move(uses));
  if (!is_gapless) put(fields, "core_numbers", std::move(numbers));
}

Object processor_fields(const Processor& processor) {
  Object fields;
  fields.reserve(16);
  put_tenth(fields, "usage_percent", processor.usage_percent);
  put(fields, "core_count", processor.physical_cores ? Value(*processor.physical_cores) : Value());
  put(fields, "logical_count", processor.logical_cores);
  const auto frequency = rounded(processor.frequency_mhz.value_or(0), 1000);
  put(fields, "frequency_current", frequency);  // 0.0 stands for unknown there
  put(fields, "frequency_max", rounded(processor.frequency_max_mhz.value_or(0), 1000));
  if (!processor.cores.empty()) put_core_uses(fields, processor.cores);
  put_tenth(fields, "temperature", processor.temperature_celsius);
  if (processor.frequency_mhz) put(fields, "frequency_mhz", frequency);
  put_tenth(fields, "user_percent", processor.user_percent);
  put_tenth(fields, "system_percent", processor.system_percent);
  put_tenth(fields, "iowait_percent", processor.iowait_percent);
  put_tenth(fields, "steal_percent", processor.steal_percent);
  if (!processor.model.empty()) put(fields, "model", processor.model);
  return fields;
}

Object space_fields(const MountSpace& mount) {
  Object fields;
  fields.reserve(12);
  put(fields, "total", mount.total);
  put(fields, "used", mount.used);
  put(fields, "free", mount.free);
  put(fields, "percentage", tenth(mount.usage_percent));
  put(fields, "path", mount.path);
  put(fields, "usage_percent", tenth(mount.usage_percent));
  put(fields, "total_gb", gigabytes(mount.total));
  put(fields, "used_gb", gigabytes(mount.used));
  put(fields, "free_gb", gigabytes(mount.free));
  put(fields, "mount_point", mount.path);
  put(fields, "device", mount.device);
  put(fields, "type", mount.type);
  return fields;
}

Object gpu_fields(const Gpu& gpu) {
  Object fields;
  fields.reserve(20);
  put(fields, "name", gpu.name);
  put(fields, "driver_version", gpu.driver_version);
  if (gpu.memory_total && gpu.memory_used) {
    const auto total = *gpu.memory_total;
    const auto used = std::min(*gpu.memory_used, total);
    const auto percent = tenth(percent_of(used, total));
    put(fields, "memory_total", total);
    put(fields, "memory_used", used);
    put(fields, "memory_free", total - used);
    put(fields, "memory_percentage", percent);
    put(fields, "memory_percent", percent);
    put(fields, "memory_used_mb", megabytes(used));
    put(fields, "memory_total_mb", megabytes(total));
  }
  if (gpu.usage_percent) {
    put(fields, "gpu_usage_percent", tenth(*gpu.usage_percent));
    put(fields, "usage_percent", tenth(*gpu.usage_percent));
  }
  put(fields, "temperature", tenth_or_null(gpu.temperature_celsius));
  put(fields, "power_draw", tenth_or_null(gpu.power_watts));
  put(fields, "power_limit", tenth_or_null(gpu.power_limit_watts));
  put_tenth(fields, "clock_mhz", gpu.clock_mhz);
  put(fields, "vendor", gpu.vendor);
  return fields;
}

// "gpu" is the first one that has what the real server's readers take for granted.
void put_gpus(Object& data, const std::vector<Gpu>& gpus) {
  if (gpus.empty()) return;
  const auto whole = std::ranges::find_if(gpus, [](const Gpu& gpu) {
    return gpu.usage_percent && gpu.memory_total && gpu.memory_used;
  });
  if (whole != gpus.end()) put(data, "gpu", gpu_fields(*whole));
  Array all;
  for (const auto& gpu : gpus) all.emplace_back(gpu_fields(gpu));
  put(data, "gpus", std::move(all));
}

Object system_fields(const System& system) {
  Object fields;
  fields.reserve(12);
  put(fields, "os_name", system.os_name);
  put(fields, "os_version", system.os_version);
  put(fields, "os_release", system.os_release);
  put(fields, "architecture", system.machine);
  put(fields, "platform", system.platform);
  put(fields, "machine", system.machine);
  put(fields, "processor", "");  // what Python says on Linux
  put(fields, "hostname", system.hostname);
  if (!system.distribution.empty()) put(fields, "distribution", system.distribution);
  put_tenth(fields, "uptime_seconds", system.uptime_s);
  return fields;
}

Object swap_fields(const Swap& swap) {
  return {{"total", swap.total},
          {"used", swap.used},
          {"free", swap.free},
          {"percentage", tenth(swap.usage_percent)},
          {"usage_percent", tenth(swap.usage_percent)}};
}

Object load_fields(const Load& load) {
  Object fields{
      {"load1", load.one_minute}, {"load5", load.five_minutes}, {"load15", load.fifteen_minutes}};
  put_some(fields, "running", load.running);
  put_some(fields, "tasks", load.tasks);
  return fields;
}

Object stall_fields(const Stall& stall) {
  return {{"avg10", stall.average_10s},
          {"avg60", stall.average_60s},
          {"avg300", stall.average_300s},
          {"total_us", stall.total_us}};
}

Object pressure_fields(const Pressure& pressure) {
  Object fields;
  const auto add = [&](const char* name, const std::optional<ResourcePressure>& resource) {
    if (!resource) return;
    Object lines;
    if (resource->some) put(lines, "some", stall_fields(*resource->some));
    if (resource->full) put(lines, "full", stall_fields(*resource->full));
    put(fields, name, std::move(lines));
  };
  add("cpu", pressure.cpu);
  add("memory", pressure.memory);
  add("io", pressure.io);
  return fields;
}

Object cgroup_fields(const Cgroup& cgroup) {
  Object fields;
  fields.reserve(16);
  put(fields, "version", cgroup.version);
  put(fields, "path", cgroup.path);
  if (cgroup.cpu_limit) put(fields, "cpu_limit", rounded(*cgroup.cpu_limit, 1000));
  if (cgroup.cpu_cores) put(fields, "cpu_cores_used", rounded(*cgroup.cpu_cores, 1000));
  put_tenth(fields, "cpu_percent", cgroup.cpu_percent);
  put_tenth(fields, "throttled_percent", cgroup.throttled_percent);
  put_some(fields, "throttled_periods", cgroup.throttled_periods);
  put_some(fields, "throttled_us", cgroup.throttled_us);
  put_some(fields, "memory_limit", cgroup.memory_limit);
  put_some(fields, "memory_used", cgroup.memory_used);
  put_some(fields, "swap_limit", cgroup.swap_limit);
  put_some(fields, "swap_used", cgroup.swap_used);
  put_some(fields, "oom_kills", cgroup.oom_kills);
  return fields;
}

Object disk_fields(const DiskThroughput& disk) {
  Object fields;
  fields.reserve(7);
  put(fields, "read_bytes", disk.read_bytes);
  put(fields, "write_bytes", disk.write_bytes);
  put_tenth(fields, "read_bytes_per_s", disk.read_bytes_per_s);
  put_tenth(fields, "write_bytes_per_s", disk.write_bytes_per_s);
  put_tenth(fields, "reads_per_s", disk.reads_per_s);
  put_tenth(fields, "writes_per_s", disk.writes_per_s);
  put_tenth(fields, "busy_percent", disk.busy_percent);
  return fields;
}

// The sum of what some have; nothing when none has.
void add_to(std::optional<double>& sum, const std::optional<double>& part) {
  if (part) sum = sum.value_or(0) + *part;
}

Object disks_fields(const std::vector<DiskThroughput>& disks) {
  Object fields, devices;
  std::optional<double> read, written;
  devices.reserve(disks.size());
  for (const auto& disk : disks) {
    if (!disk.is_stacked) {
      add_to(read, disk.read_bytes_per_s);
      add_to(written, disk.write_bytes_per_s);
    }
    devices.emplace_back(disk.name, disk_fields(disk));
  }
  put_tenth(fields, "read_bytes_per_s", read);
  put_tenth(fields, "write_bytes_per_s", written);
  put(fields, "devices", std::move(devices));
  return fields;
}

Object interface_fields(const InterfaceTraffic& traffic) {
  Object fields;
  fields.reserve(12);
  put(fields, "bytes_sent", traffic.sent_bytes);
  put(fields, "bytes_recv", traffic.received_bytes);
  put(fields, "packets_sent", traffic.sent_packets);
  put(fields, "packets_recv", traffic.received_packets);
  put(fields, "errors_in", traffic.receive_errors);
  put(fields, "errors_out", traffic.send_errors);
  put(fields, "drops_in", traffic.receive_drops);
  put(fields, "drops_out", traffic.send_drops);
  put_tenth(fields, "bytes_sent_per_s", traffic.sent_bytes_per_s);
  put_tenth(fields, "bytes_recv_per_s", traffic.received_bytes_per_s);
  put_tenth(fields, "packets_sent_per_s", traffic.sent_packets_per_s);
  put_tenth(fields, "packets_recv_per_s", traffic.received_packets_per_s);
  return fields;
}

Object network_fields(const std::vector<InterfaceTraffic>& interfaces) {
  Object fields, named;
  std::optional<double> sent, received;
  named.reserve(interfaces.size());
  for (const auto& traffic : interfaces) {
    if (traffic.name != "lo") {
      add_to(sent, traffic.sent_bytes_per_s);
      add_to(received, traffic.received_bytes_per_s);
    }
    named.emplace_back(traffic.name, interface_fields(traffic));
  }
  put_tenth(fields, "bytes_sent_per_s", sent);
  put_tenth(fields, "bytes_recv_per_s", received);
  put(fields, "interfaces", std::move(named));
  return fields;
}

Object sensors_fields(const std::vector<Sensor>& sensors) {
  Object fields;
  for (const auto& sensor : sensors) {
    Object values{{"temperature", tenth(sensor.temperature_celsius)}};
    put_tenth(values, "high", sensor.high_celsius);
    put_tenth(values, "critical", sensor.critical_celsius);
    fields.emplace_back(sensor.name, std::move(values));
  }
  return fields;
}

Object batteries_fields(const std::vector<Battery>& batteries) {
  Object fields;
  for (const auto& battery : batteries) {
    Object values{{"percent", tenth(battery.percent)}, {"status", battery.status}};
    put_tenth(values, "power_watts", battery.power_watts);
    if (battery.seconds_left) put(values, "seconds_left", std::round(*battery.seconds_left));
    fields.emplace_back(battery.name, std::move(values));
  }
  return fields;
}

Array process_list(const std::vector<ProcessUse>& processes) {
  Array list;
  list.reserve(processes.size());
  for (const auto& process : processes) {
    Object fields{{"pid", process.pid},
                  {"name", process.name},
                  {"state", std::string(1, process.state)},
                  {"parent", process.parent},
                  {"threads", process.threads},
                  {"memory_bytes", process.memory_bytes}};
    put_tenth(fields, "cpu_percent", process.cpu_percent);
    put_tenth(fields, "io_bytes_per_s", process.io_bytes_per_s);
    list.emplace_back(std::move(fields));
  }
  return list;
}

Object processes_fields(const Processes& processes) {
  Object fields{{"count", std::uint64_t{processes.count}}};
  if (!processes.by_cpu.empty()) put(fields, "by_cpu", process_list(processes.by_cpu));
  if (!processes.by_memory.empty()) put(fields, "by_memory", process_list(processes.by_memory));
  if (!processes.by_io.empty()) put(fields, "by_io", process_list(processes.by_io));
  return fields;
}

Object host_fields(const HostBeside& host) {
  Object fields;
  if (host.processor) put(fields, "processor", processor_fields(*host.processor));
  if (host.memory) put(fields, "memory", memory_fields(*host.memory));
  return fields;
}

// What the library variant of the real server adds to "system".
void put_boot_time(Object& system, const Snapshot& snapshot) {
  if (const auto boot = snapshot.system->boot_time_s) {
    constexpr std::int64_t kLatest = 253'402'300'799;  // the end of 9999
    const auto seconds = std::clamp<std::int64_t>(*boot, 0, kLatest);
    put(system, "boot_time",
        local_timestamp({seconds * 1'000'000, snapshot.time.utc_offset_seconds}));
  }
  if (snapshot.processes) put(system, "processes", std::uint64_t{snapshot.processes->count});
}

void put_section(Object& data, const Snapshot& snapshot, Metric metric) {
  switch (metric) {
    case Metric::kMemory:
      if (snapshot.memory) put(data, "memory", memory_fields(*snapshot.memory));
      return;
    case Metric::kProcessor:
      if (snapshot.processor) put(data, "processor", processor_fields(*snapshot.processor));
      return;
    case Metric::kDisk:
      if (snapshot.root) put(data, "disk", space_fields(*snapshot.root));
      return;
    case Metric::kSystem:
      if (snapshot.system) {
        auto fields = system_fields(*snapshot.system);
        put_boot_time(fields, snapshot);
        put(data, "system", std::move(fields));
      }
      return;
    case Metric::kGpu:
      put_gpus(data, snapshot.gpus);
      return;
    case Metric::kSwap:
      if (snapshot.swap) put(data, "swap", swap_fields(*snapshot.swap));
      return;
    case Metric::kLoad:
      if (snapshot.load) put(data, "load", load_fields(*snapshot.load));
      return;
    case Metric::kPressure:
      if (snapshot.pressure) put(data, "pressure", pressure_fields(*snapshot.pressure));
      return;
    case Metric::kCgroup:
      if (snapshot.cgroup) put(data, "cgroup", cgroup_fields(*snapshot.cgroup));
      if (snapshot.host) put(data, "host", host_fields(*snapshot.host));
      return;
    case Metric::kMounts:
      if (!snapshot.mounts.empty()) {
        Object mounts;
        for (const auto& mount : snapshot.mounts) {
          mounts.emplace_back(mount.path, space_fields(mount));
        }
        put(data, "mounts", std::move(mounts));
      }
      return;
    case Metric::kDisks:
      if (!snapshot.disks.empty()) put(data, "disks", disks_fields(snapshot.disks));
      return;
    case Metric::kNetwork:
      if (!snapshot.interfaces.empty()) put(data, "network", network_fields(snapshot.interfaces));
      return;
    case Metric::kSensors:
      if (!snapshot.sensors.empty()) put(data, "sensors", sensors_fields(snapshot.sensors));
      return;
    case Metric::kBattery:
      if (!snapshot.batteries.empty()) put(data, "battery", batteries_fields(snapshot.batteries));
      return;
    case Metric::kProcesses:
      if (snapshot.processes) put(data, "processes", processes_fields(*snapshot.processes));
      return;
  }
}

}  // namespace

Value make_data(const Snapshot& snapshot, MetricSet metrics) {
  Object data;
  for (const auto& row : metric_table()) {
    if (metrics.has(row.metric)) put_section(data, snapshot, row.metric);
  }
  return data;
}

std::string local_timestamp(WallTime time) {
  using std::chrono::floor, std::chrono::hh_mm_ss, std::chrono::seconds, std::chrono::sys_seconds;
  using std::chrono::year_month_day, std::chrono::days;
  constexpr std::int64_t kFirst = -62'167'219'200, kLast = 253'402'300'799;  // years 0 and 9999
  auto seconds_of = time.microseconds / 1'000'000;
  auto fraction = time.microseconds % 1'000'000;
  if (fraction < 0) {
    fraction += 1'000'000;
    --seconds_of;
  }
  const sys_seconds local{seconds(std::clamp(seconds_of + time.utc_offset_seconds, kFirst, kLast))};
  const auto day = floor<days>(local);
  const year_month_day date(day);
  const hh_mm_ss clock(local - day);
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                          clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (fraction != 0) text += fmt::format(".{:06}", fraction);
  return text;
}

}  // namespace oriel::monitor

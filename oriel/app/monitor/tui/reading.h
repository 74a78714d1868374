#pragma once
// What the view shows of one monitoring document: plain values, checked and bounded. Documents come
// from a peer and may hold anything; what is missing or of another kind stays empty. It reads the
// fields of the real monitoring server and Oriel's (docs/monitoring.md).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "oriel/core/monitor/value.h"

namespace oriel::monitor::tui {

// Sizes are bytes, shares percent, rates per second; never NaN, negative or infinite.
struct CoreReading {
  int number = 0;
  double percent = 0;
};

struct ProcessorReading {
  std::optional<double> percent, user, system, iowait, steal, temperature, frequency_mhz;
  std::string model;
  int logical_count = 0;
  std::vector<CoreReading> cores;
};

struct SpaceReading {  // of memory, swap, a GPU or a mount
  double total = 0;
  double used = 0;
  double percent = 0;
};

struct MemoryReading {
  SpaceReading space;
  std::optional<double> available, cached, buffers, shared;
};

struct MountReading {
  std::string path;
  SpaceReading space;
};

struct DiskReading {
  std::string name;
  std::optional<double> read, write, busy;
};

struct InterfaceReading {
  std::string name;
  std::optional<double> received, sent;  // bytes per second
  double received_total = 0, sent_total = 0;
  double faults = 0;  // errors and drops, both ways
};

struct GpuReading {
  std::string name;
  std::optional<double> percent, temperature, power, power_limit, clock_mhz;
  std::optional<SpaceReading> memory;
};

struct LoadReading {
  double one = 0, five = 0, fifteen = 0;
  std::optional<double> running, tasks;
};

struct StallReading {
  double ten_s = 0, minute = 0, five_minutes = 0;
};

struct PressureReading {
  std::string name;  // cpu, memory, io
  std::optional<StallReading> some, full;
};

struct CgroupReading {
  std::string path;
  std::optional<double> cpu_limit, cpu_used, throttled, memory_limit, memory_used, oom_kills;
};

struct SensorReading {
  std::string name;
  double temperature = 0;
  std::optional<double> high, critical;
};

struct BatteryReading {
  std::string name;
  std::string status;
  double percent = 0;
  std::optional<double> power, seconds_left;
};

struct ProcessReading {
  std::int64_t pid = 0;
  std::string name;
  std::string state;
  double threads = 0;
  double memory = 0;
  std::optional<double> cpu, io;
};

struct AlertReading {
  bool is_critical = false;
  std::string message;
  std::string component;
};

struct Reading {
  std::optional<double> time_s;  // the host's local time, seconds since some midnight long ago
  std::string clock;             // "14:02:31"
  std::string hostname, system, release;
  std::optional<double> uptime_s;

  std::optional<ProcessorReading> processor;
  std::optional<MemoryReading> memory;
  std::optional<SpaceReading> swap;
  std::vector<MountReading> mounts;
  std::optional<double> disk_read, disk_write;  // of all devices
  std::vector<DiskReading> disks;
  bool has_network = false;
  std::optional<double> received, sent;  // of all interfaces
  std::vector<InterfaceReading> interfaces;
  std::vector<GpuReading> gpus;
  std::optional<LoadReading> load;
  std::vector<PressureReading> pressure;
  std::optional<CgroupReading> cgroup;
  std::optional<double> host_cpu, host_memory;  // beside those of the cgroup
  std::vector<SensorReading> sensors;
  std::vector<BatteryReading> batteries;
  bool has_processes = false;
  std::optional<double> process_count;
  std::vector<ProcessReading> processes;  // each once, of all orders that came
  bool has_process_io = false;
  std::vector<AlertReading> alerts;
};

// message: a whole document of type monitoring_data, with "data" and perhaps "alerts".
Reading read_document(const Value& message);

// "2026-11-20T13:47:50.991384" as seconds, to subtract from another one.
std::optional<double> seconds_of(const std::string& timestamp);

}  // namespace oriel::monitor::tui

#include "oriel/core/monitor/figure_table.h"

#include <algorithm>
#include <array>

#include "oriel/core/monitor/memory_texts.h"

namespace oriel::monitor {
namespace {

// The largest of a list's figures; nothing when none has it.
template <typename List, typename Read>
std::optional<double> largest(const List& list, Read read) {
  std::optional<double> found;
  for (const auto& item : list) {
    const std::optional<double> value = read(item);
    if (value && (!found || *value > *found)) found = value;
  }
  return found;
}

std::optional<double> processor_usage(const Snapshot& s) {
  return s.processor ? s.processor->usage_percent : std::nullopt;
}
std::optional<double> processor_iowait(const Snapshot& s) {
  return s.processor ? s.processor->iowait_percent : std::nullopt;
}
std::optional<double> processor_temperature(const Snapshot& s) {
  return s.processor ? s.processor->temperature_celsius : std::nullopt;
}
std::optional<double> memory_usage(const Snapshot& s) {
  if (!s.memory) return {};
  return s.memory->usage_percent;
}
std::optional<double> swap_usage(const Snapshot& s) {
  if (!s.swap) return {};
  return s.swap->usage_percent;
}
std::optional<double> disk_usage(const Snapshot& s) {
  if (!s.root) return {};
  return s.root->usage_percent;
}
std::optional<double> fullest_mount(const Snapshot& s) {
  return largest(s.mounts, [](const MountSpace& m) { return std::optional(m.usage_percent); });
}
std::optional<double> busiest_disk(const Snapshot& s) {
  return largest(s.disks, [](const DiskThroughput& d) { return d.busy_percent; });
}
std::optional<double> gpu_usage(const Snapshot& s) {
  return largest(s.gpus, [](const Gpu& gpu) { return gpu.usage_percent; });
}
std::optional<double> gpu_memory(const Snapshot& s) {
  return largest(s.gpus, [](const Gpu& gpu) -> std::optional<double> {
    if (!gpu.memory_total || !gpu.memory_used) return {};
    return percent_of(*gpu.memory_used, *gpu.memory_total);
  });
}
std::optional<double> gpu_temperature(const Snapshot& s) {
  return largest(s.gpus, [](const Gpu& gpu) { return gpu.temperature_celsius; });
}
std::optional<double> load_per_core(const Snapshot& s) {
  if (!s.load || !s.processor || s.processor->logical_cores < 1) return {};
  return s.load->one_minute / s.processor->logical_cores;
}
std::optional<double> stalled(const std::optional<ResourcePressure>& resource) {
  if (!resource || !resource->some) return {};
  return resource->some->average_10s;
}
std::optional<double> cpu_pressure(const Snapshot& s) {
  return s.pressure ? stalled(s.pressure->cpu) : std::nullopt;
}
std::optional<double> memory_pressure(const Snapshot& s) {
  return s.pressure ? stalled(s.pressure->memory) : std::nullopt;
}
std::optional<double> io_pressure(const Snapshot& s) {
  return s.pressure ? stalled(s.pressure->io) : std::nullopt;
}
std::optional<double> throttled(const Snapshot& s) {
  return s.cgroup ? s.cgroup->throttled_percent : std::nullopt;
}
std::optional<double> battery_left(const Snapshot& s) {
  // The least of several: negated, because `largest` is what there is.
  const auto least =
      largest(s.batteries, [](const Battery& b) { return std::optional(-b.percent); });
  if (!least) return {};
  return -*least;
}

constexpr std::array kTable{
    FigureRow{"processor", "usage_percent", "%", "processor usage", processor_usage},
    FigureRow{"processor", "iowait_percent", "%", "processor I/O wait", processor_iowait},
    FigureRow{"processor", "temperature", "°C", "processor temperature", processor_temperature},
    FigureRow{"memory", "usage_percent", "%", "memory usage", memory_usage},
    FigureRow{"swap", "usage_percent", "%", "swap usage", swap_usage},
    FigureRow{"disk", "usage_percent", "%", "disk usage", disk_usage},
    FigureRow{"mounts", "usage_percent", "%", "usage of the fullest mount", fullest_mount},
    FigureRow{"disks", "busy_percent", "%", "time of the busiest disk", busiest_disk},
    FigureRow{"gpu", "usage_percent", "%", "GPU usage", gpu_usage},
    FigureRow{"gpu", "memory_percent", "%", "GPU memory usage", gpu_memory},
    FigureRow{"gpu", "temperature", "°C", "GPU temperature", gpu_temperature},
    FigureRow{"load", "per_core", "", "load per core", load_per_core},
    FigureRow{"pressure", "cpu", "%", "CPU pressure", cpu_pressure},
    FigureRow{"pressure", "memory", "%", "memory pressure", memory_pressure},
    FigureRow{"pressure", "io", "%", "I/O pressure", io_pressure},
    FigureRow{"cgroup", "throttled_percent", "%", "CPU throttling", throttled},
    FigureRow{"battery", "percent", "%", "battery charge", battery_left}};

}  // namespace

std::span<const FigureRow> figure_table() { return kTable; }

const FigureRow* find_figure(std::string_view component, std::string_view metric) {
  const auto row = std::ranges::find_if(kTable, [&](const FigureRow& figure) {
    return figure.component == component && figure.metric == metric;
  });
  return row == kTable.end() ? nullptr : &*row;
}

}  // namespace oriel::monitor

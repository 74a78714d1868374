#include "oriel/core/monitor/document_figure.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "oriel/core/monitor/reading.h"

namespace oriel::monitor {
namespace {

std::optional<double> number_at(const Value* value, std::initializer_list<std::string_view> path) {
  for (const auto key : path) value = value == nullptr ? nullptr : value->find(key);
  if (value == nullptr || !value->is_number()) return {};
  return value->number_or(0);
}

const Value* section(const Value& message, std::string_view name) {
  const auto* data = message.find("data");
  return data == nullptr ? nullptr : data->find(name);
}

template <typename Better>
std::optional<double> chosen(std::optional<double> best, std::optional<double> value,
                             Better better) {
  return !best || (value && better(*value, *best)) ? value : best;
}

// The largest of one figure of all members of an object by name.
std::optional<double> largest_of(const Value* members, std::string_view key) {
  std::optional<double> best;
  if (members == nullptr || members->object() == nullptr) return best;
  for (const auto& [name, fields] : *members->object())
    best = chosen(best, number_at(&fields, {key}), std::greater<>());
  return best;
}

template <typename Read>
std::optional<double> largest_of_gpus(const Value& message, Read read) {
  std::optional<double> best;
  for (const auto& gpu : read_message(message).gpus)
    best = chosen(best, read(gpu), std::greater<>());
  return best;
}

std::optional<double> processor_usage(const Value& m) { return read_message(m).processor.percent; }
std::optional<double> processor_iowait(const Value& m) {
  return number_at(section(m, "processor"), {"iowait_percent"});
}
std::optional<double> processor_temperature(const Value& m) {
  return read_message(m).processor.temperature_celsius;
}
std::optional<double> memory_usage(const Value& m) { return read_message(m).memory.percent; }
std::optional<double> swap_usage(const Value& m) {
  return number_at(section(m, "swap"), {"usage_percent"});
}
std::optional<double> disk_usage(const Value& m) { return read_message(m).disk.percent; }
std::optional<double> fullest_mount(const Value& m) {
  return largest_of(section(m, "mounts"), "usage_percent");
}
std::optional<double> busiest_disk(const Value& m) {
  const auto* disks = section(m, "disks");
  return largest_of(disks == nullptr ? nullptr : disks->find("devices"), "busy_percent");
}
std::optional<double> gpu_usage(const Value& m) {
  return largest_of_gpus(m, [](const Reading::Gpu& gpu) { return gpu.percent; });
}
std::optional<double> gpu_memory(const Value& m) {
  return largest_of_gpus(m, [](const Reading::Gpu& gpu) { return gpu.memory.percent; });
}
std::optional<double> gpu_temperature(const Value& m) {
  return largest_of_gpus(m, [](const Reading::Gpu& gpu) { return gpu.temperature_celsius; });
}
std::optional<double> load_per_core(const Value& m) {
  const auto load = number_at(section(m, "load"), {"load1"});
  const auto cores = number_at(section(m, "processor"), {"logical_count"});
  if (!load || !cores || *cores < 1) return {};
  return *load / *cores;
}
std::optional<double> cpu_pressure(const Value& m) {
  return number_at(section(m, "pressure"), {"cpu", "some", "avg10"});
}
std::optional<double> memory_pressure(const Value& m) {
  return number_at(section(m, "pressure"), {"memory", "some", "avg10"});
}
std::optional<double> io_pressure(const Value& m) {
  return number_at(section(m, "pressure"), {"io", "some", "avg10"});
}
std::optional<double> throttled(const Value& m) {
  return number_at(section(m, "cgroup"), {"throttled_percent"});
}
std::optional<double> battery_left(const Value& m) {
  const auto* batteries = section(m, "battery");
  std::optional<double> least;
  if (batteries == nullptr || batteries->object() == nullptr) return least;
  for (const auto& [name, fields] : *batteries->object())
    least = chosen(least, number_at(&fields, {"percent"}), std::less<>());
  return least;
}

struct DocumentFigureRow {
  std::string_view component;
  std::string_view metric;
  std::optional<double> (*read)(const Value& message);
};

// A row for each of figure_table.cc; a test compares.
constexpr std::array kTable{DocumentFigureRow{"processor", "usage_percent", processor_usage},
                            DocumentFigureRow{"processor", "iowait_percent", processor_iowait},
                            DocumentFigureRow{"processor", "temperature", processor_temperature},
                            DocumentFigureRow{"memory", "usage_percent", memory_usage},
                            DocumentFigureRow{"swap", "usage_percent", swap_usage},
                            DocumentFigureRow{"disk", "usage_percent", disk_usage},
                            DocumentFigureRow{"mounts", "usage_percent", fullest_mount},
                            DocumentFigureRow{"disks", "busy_percent", busiest_disk},
                            DocumentFigureRow{"gpu", "usage_percent", gpu_usage},
                            DocumentFigureRow{"gpu", "memory_percent", gpu_memory},
                            DocumentFigureRow{"gpu", "temperature", gpu_temperature},
                            DocumentFigureRow{"load", "per_core", load_per_core},
                            DocumentFigureRow{"pressure", "cpu", cpu_pressure},
                            DocumentFigureRow{"pressure", "memory", memory_pressure},
                            DocumentFigureRow{"pressure", "io", io_pressure},
                            DocumentFigureRow{"cgroup", "throttled_percent", throttled},
                            DocumentFigureRow{"battery", "percent", battery_left}};

}  // namespace

std::optional<double> document_figure(const Value& message, std::string_view component,
                                      std::string_view metric) {
  const auto row = std::ranges::find_if(kTable, [&](const DocumentFigureRow& figure) {
    return figure.component == component && figure.metric == metric;
  });
  return row == kTable.end() ? std::nullopt : row->read(message);
}

}  // namespace oriel::monitor

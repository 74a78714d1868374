#include "oriel/core/monitor/metric_table.h"

#include <array>

namespace oriel::monitor {
namespace {

constexpr std::array kTable{MetricRow{Metric::kMemory, "memory", "ram"},
                            MetricRow{Metric::kProcessor, "processor", "cpu"},
                            MetricRow{Metric::kDisk, "disk", ""},
                            MetricRow{Metric::kSystem, "system", ""},
                            MetricRow{Metric::kGpu, "gpu", "gpus"},
                            MetricRow{Metric::kSwap, "swap", ""},
                            MetricRow{Metric::kLoad, "load", ""},
                            MetricRow{Metric::kPressure, "pressure", "psi"},
                            MetricRow{Metric::kCgroup, "cgroup", ""},
                            MetricRow{Metric::kMounts, "mounts", ""},
                            MetricRow{Metric::kDisks, "disks", "io"},
                            MetricRow{Metric::kNetwork, "network", "net"},
                            MetricRow{Metric::kSensors, "sensors", "temperatures"},
                            MetricRow{Metric::kBattery, "battery", ""},
                            MetricRow{Metric::kProcesses, "processes", ""}};

}  // namespace

std::span<const MetricRow> metric_table() { return kTable; }

std::optional<Metric> find_metric(std::string_view name_or_alias) {
  if (name_or_alias.empty()) return {};
  for (const auto& row : kTable) {
    if (row.name == name_or_alias || row.alias == name_or_alias) return row.metric;
  }
  return {};
}

std::string metric_names() {
  std::string names;
  for (const auto& row : kTable) {
    if (!names.empty()) names += ", ";
    names += row.name;
  }
  return names;
}

MetricSet all_but_processes() {
  MetricSet all;
  for (const auto& row : kTable) {
    if (row.metric != Metric::kProcesses) all.add(row.metric);
  }
  return all;
}

}  // namespace oriel::monitor

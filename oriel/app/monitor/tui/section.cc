#include "oriel/app/monitor/tui/section.h"

namespace oriel::monitor::tui {

std::string_view section_title(Section section) {
  switch (section) {
    case Section::kCpu:
      return "cpu";
    case Section::kMemory:
      return "memory";
    case Section::kNetwork:
      return "network";
    case Section::kDisks:
      return "disks";
    case Section::kGpu:
      return "gpu";
    case Section::kLoad:
      return "load";
    case Section::kSensors:
      return "sensors";
    case Section::kProcesses:
      return "processes";
  }
  return "";
}

std::vector<Section> sections_of(const Reading& reading) {
  std::vector<Section> sections;
  const auto add = [&](bool is_sent, Section section) {
    if (is_sent) sections.push_back(section);
  };
  add(reading.processor.has_value(), Section::kCpu);
  add(reading.memory.has_value() || reading.swap.has_value(), Section::kMemory);
  add(reading.has_network, Section::kNetwork);
  add(!reading.mounts.empty() || !reading.disks.empty(), Section::kDisks);
  add(!reading.gpus.empty(), Section::kGpu);
  add(reading.load || !reading.pressure.empty() || reading.cgroup, Section::kLoad);
  add(!reading.sensors.empty() || !reading.batteries.empty(), Section::kSensors);
  add(reading.has_processes, Section::kProcesses);
  return sections;
}

}  // namespace oriel::monitor::tui

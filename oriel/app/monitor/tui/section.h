#pragma once
// The parts of the view, in the order in which the keyboard goes through them.

#include <string_view>
#include <vector>

#include "oriel/app/monitor/tui/reading.h"

namespace oriel::monitor::tui {

enum class Section { kCpu, kMemory, kNetwork, kDisks, kGpu, kLoad, kSensors, kProcesses };
inline constexpr int kSectionCount = 8;

std::string_view section_title(Section section);

// Those that the host sends.
std::vector<Section> sections_of(const Reading& reading);

}  // namespace oriel::monitor::tui

// Any text where the host has files of a known form: lock files of X servers, and /proc/PID/stat.
// What is read from them names processes that get signals.
//
//   input := lines, each read as both; those that are processes make the tree

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/io/desktop/process_tree.h"
#include "oriel/io/desktop/x_lock.h"

ORIEL_FUZZER(host_files, bytes, size) {
  using namespace oriel::desktop;
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  std::vector<ProcessStatus> processes;
  while (!text.empty()) {
    // A line with its end, as a lock file has it.
    const auto line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
    text.remove_prefix(line.size());
    if (const auto owner = parse_x_lock(line)) ORIEL_CHECK(*owner > 0);
    const auto process = parse_process_status(line);
    if (!process) continue;
    // 0 and negative numbers would be groups of processes for kill().
    ORIEL_CHECK(process->pid > 0 && process->parent >= 0);
    processes.push_back(*process);
  }
  for (const auto& root : processes) {
    const auto found = descendants_of(root.pid, processes);
    ORIEL_CHECK(found.size() <= processes.size());
    ORIEL_CHECK(std::ranges::is_sorted(found));
    ORIEL_CHECK(std::ranges::find(found, root.pid) == found.end());
    if (processes.size() > 50) break;  // keeps one input fast
  }
  return 0;
}

#include "oriel/io/host/process_files.h"

#include <algorithm>
#include <utility>

#include "oriel/core/monitor/text_scan.h"
#include "oriel/io/host/limits.h"

namespace oriel::host {

std::vector<monitor::ProcessCounters> read_processes(HostFiles& files, bool with_io) {
  std::vector<monitor::ProcessCounters> processes;
  bool has_io = false;
  for (const auto& name : files.list("proc")) {
    if (!monitor::parse_u64(name)) continue;
    if (processes.size() >= kProcessesMax) break;
    const auto folder = "proc/" + name;
    const auto text = files.read_once(folder + "/stat");
    if (!text) continue;  // ended meanwhile, or hidden
    auto process = monitor::parse_process_stat(*text);
    if (!process) continue;
    if (with_io) {
      const auto io = files.read_once(folder + "/io");
      if (io) process->io_bytes = monitor::parse_process_io(*io);
      has_io = has_io || process->io_bytes;
    }
    processes.push_back(std::move(*process));
  }
  if (with_io && !has_io) {
    files.say_once("proc/PID/io", "No input and output of processes: /proc/PID/io cannot be read");
  }
  std::ranges::sort(processes, {}, &monitor::ProcessCounters::pid);
  return processes;
}

}  // namespace oriel::host

#pragma once
// All processes from /proc, when somebody asks for them: about 10 us for each. One thread owns it.

#include <vector>

#include "oriel/core/monitor/process_texts.h"
#include "oriel/io/host/host_files.h"

namespace oriel::host {

// Sorted by pid, at most kProcessesMax. with_io reads /proc/PID/io too, which only says something
// of one's own processes, or with privileges.
std::vector<monitor::ProcessCounters> read_processes(HostFiles& files, bool with_io);

}  // namespace oriel::host

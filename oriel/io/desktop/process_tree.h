#pragma once
// Who descends from a process, by /proc.

#include <sys/types.h>

#include <optional>
#include <string_view>
#include <vector>

namespace oriel::desktop {

struct ProcessStatus {
  pid_t pid = 0;
  pid_t parent = 0;
  char state = 0;  // 'Z': ended, not yet waited for

  friend bool operator==(const ProcessStatus&, const ProcessStatus&) = default;
};

// The beginning of /proc/PID/stat: "42 (any name) S 1 ...".
std::optional<ProcessStatus> parse_process_status(std::string_view stat);

// Children, their children and so on of `root` among `processes`, without the zombies.
std::vector<pid_t> descendants_of(pid_t root, const std::vector<ProcessStatus>& processes);

// All processes that can be seen.
std::vector<ProcessStatus> list_processes();

}  // namespace oriel::desktop

#pragma once
// The files of the sampling process's control groups, of either version, on kept descriptors.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "oriel/core/monitor/cgroup_texts.h"
#include "oriel/io/host/host_files.h"

namespace oriel::host {

// One thread owns it.
class CgroupFiles {
 public:
  // Finds the groups anew every kListEvery, with `mounts` as they are then. Nothing when the
  // process is in no group whose files say anything. The reading is good until the next one.
  const monitor::CgroupReading* read(HostFiles& files, std::span<const monitor::Mount> mounts,
                                     TimePoint now);

 private:
  // A limit and what counts against it are files of one folder.
  template <typename Limit>
  struct Level {
    std::string folder;
    std::optional<Limit> limit;
  };

  void locate(HostFiles& files, std::span<const monitor::Mount> mounts);
  void locate_cpu(HostFiles& files, std::span<const monitor::CgroupLine> lines,
                  std::span<const monitor::Mount> mounts);
  static std::string cpuacct_file(HostFiles& files, std::span<const monitor::CgroupLine> lines,
                                  std::span<const monitor::Mount> mounts,
                                  const monitor::CgroupPlace& cpu, std::size_t level);
  void locate_memory(HostFiles& files, std::span<const monitor::CgroupLine> lines,
                     std::span<const monitor::Mount> mounts);
  void locate_cpuset(HostFiles& files, std::span<const monitor::CgroupLine> lines,
                     std::span<const monitor::Mount> mounts);
  void read_cpu(HostFiles& files, TimePoint now);
  void read_memory(HostFiles& files, TimePoint now);

  Every locate_due_, stat_due_;
  bool has_cpu_ = false, has_memory_ = false;
  int cpu_version_ = 2, memory_version_ = 2;
  monitor::CgroupReading reading_;
  KeptFile cpu_stat_, cpu_usage_;  // cpu_usage_: version 1's cpuacct.usage
  KeptFile memory_used_, memory_stat_, swap_used_, memory_events_;
};

}  // namespace oriel::host

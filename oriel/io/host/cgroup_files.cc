#include "oriel/io/host/cgroup_files.h"

#include <fmt/format.h>

#include <utility>

#include "oriel/core/monitor/text_scan.h"
#include "oriel/io/host/limits.h"

namespace oriel::host {
namespace {

using monitor::find_key;

std::optional<double> read_quota(HostFiles& files, int version, const std::string& folder) {
  if (version == 2) {
    const auto text = files.read_once(folder + "/cpu.max");
    return text ? monitor::parse_cpu_max(*text) : std::nullopt;
  }
  const auto quota = files.read_line(folder + "/cpu.cfs_quota_us");
  const auto period = files.read_line(folder + "/cpu.cfs_period_us");
  return monitor::cpu_quota_cores(quota, period);
}

std::optional<std::uint64_t> read_limit(HostFiles& files, const std::string& path) {
  const auto text = files.read_once(path);
  return text ? monitor::parse_byte_limit(*text) : std::nullopt;
}

// Opened anew only when the path is another one.
void point_at(KeptFile& file, std::string path) {
  if (file.path != path) file = KeptFile(std::move(path));
}

}  // namespace

void CgroupFiles::locate_cpu(HostFiles& files, std::span<const monitor::CgroupLine> lines,
                             std::span<const monitor::Mount> mounts) {
  const auto place = monitor::cgroup_place(lines, mounts, "cpu");
  has_cpu_ = place.has_value();
  if (!place) return;
  cpu_version_ = reading_.version = place->version;
  reading_.path = place->path;
  std::size_t tightest = 0;
  for (std::size_t i = 0; i < place->folders.size(); ++i) {
    const auto quota = read_quota(files, place->version, place->folders[i]);
    if (!quota || (reading_.quota_cores && *reading_.quota_cores <= *quota)) continue;
    reading_.quota_cores = quota;
    tightest = i;
  }
  point_at(cpu_stat_, place->folders[tightest] + "/cpu.stat");
  point_at(cpu_usage_, cpuacct_file(files, lines, mounts, *place, tightest));
}

// cpuacct is mostly, not always, in one hierarchy with cpu. Where it is not, the process may be in
// different groups of the two, and what the one counts has nothing to do with the other's limit.
std::string CgroupFiles::cpuacct_file(HostFiles& files, std::span<const monitor::CgroupLine> lines,
                                      std::span<const monitor::Mount> mounts,
                                      const monitor::CgroupPlace& cpu, std::size_t level) {
  if (cpu.version == 2) return {};
  const auto accounting = monitor::cgroup_place(lines, mounts, "cpuacct");
  if (!accounting || accounting->version != 1) return {};
  const bool is_same_group =
      accounting->path == cpu.path && accounting->folders.size() == cpu.folders.size();
  if (is_same_group) return accounting->folders[level] + "/cpuacct.usage";
  files.say_once("cpuacct",
                 fmt::format("No CPU use of the cgroup {}: cpuacct counts for {} instead", cpu.path,
                             accounting->path));
  return {};
}

void CgroupFiles::locate_memory(HostFiles& files, std::span<const monitor::CgroupLine> lines,
                                std::span<const monitor::Mount> mounts) {
  const auto place = monitor::cgroup_place(lines, mounts, "memory");
  has_memory_ = place.has_value();
  if (!place) return;
  memory_version_ = place->version;
  if (!has_cpu_) {
    reading_.version = place->version;
    reading_.path = place->path;
  }
  const bool is_v2 = place->version == 2;
  std::size_t tightest = 0;
  for (std::size_t i = 0; i < place->folders.size(); ++i) {
    const auto limit =
        read_limit(files, place->folders[i] + (is_v2 ? "/memory.max" : "/memory.limit_in_bytes"));
    if (!limit || (reading_.memory_limit && *reading_.memory_limit <= *limit)) continue;
    reading_.memory_limit = limit;
    tightest = i;
  }
  const auto& folder = place->folders[tightest];
  point_at(memory_used_, folder + (is_v2 ? "/memory.current" : "/memory.usage_in_bytes"));
  point_at(memory_stat_, folder + "/memory.stat");
  point_at(memory_events_, folder + (is_v2 ? "/memory.events" : "/memory.oom_control"));
  // Version 1 limits memory and swap as a sum, which is no limit of swap.
  point_at(swap_used_, is_v2 ? folder + "/memory.swap.current" : std::string());
  if (is_v2) reading_.swap_limit = read_limit(files, folder + "/memory.swap.max");
}

void CgroupFiles::locate_cpuset(HostFiles& files, std::span<const monitor::CgroupLine> lines,
                                std::span<const monitor::Mount> mounts) {
  const auto place = monitor::cgroup_place(lines, mounts, "cpuset");
  if (!place) return;
  // The file is missing in groups without the controller; the next one up that has it counts.
  const auto* name = place->version == 2 ? "/cpuset.cpus.effective" : "/cpuset.effective_cpus";
  for (const auto& folder : place->folders) {
    const auto text = files.read_once(folder + name);
    const auto cores = text ? monitor::count_cpu_list(*text) : std::nullopt;
    if (!cores || *cores == 0) continue;
    reading_.cpuset_cores = cores;
    return;
  }
}

void CgroupFiles::locate(HostFiles& files, std::span<const monitor::Mount> mounts) {
  reading_.quota_cores.reset();
  reading_.cpuset_cores.reset();
  reading_.memory_limit.reset();
  reading_.swap_limit.reset();
  const auto text = files.read_once("proc/self/cgroup");
  if (!text) {
    has_cpu_ = has_memory_ = false;
    return;
  }
  const auto lines = monitor::parse_proc_cgroup(*text);
  locate_cpu(files, lines, mounts);
  locate_memory(files, lines, mounts);
  locate_cpuset(files, lines, mounts);
}

void CgroupFiles::read_cpu(HostFiles& files, TimePoint now) {
  const auto stat = files.read(cpu_stat_, now);
  reading_.periods = stat ? find_key(*stat, "nr_periods") : std::nullopt;
  reading_.throttled_periods = stat ? find_key(*stat, "nr_throttled") : std::nullopt;
  if (cpu_version_ == 2) {
    reading_.throttled_us = stat ? find_key(*stat, "throttled_usec") : std::nullopt;
    reading_.cpu_used_us = stat ? find_key(*stat, "usage_usec") : std::nullopt;
    return;
  }
  const auto throttled_ns = stat ? find_key(*stat, "throttled_time") : std::nullopt;
  reading_.throttled_us = throttled_ns ? std::optional(*throttled_ns / 1000) : std::nullopt;
  reading_.cpu_used_us.reset();
  if (cpu_usage_.path.empty()) return;
  const auto text = files.read(cpu_usage_, now);
  const auto used_ns = text ? monitor::parse_u64(monitor::trimmed(*text)) : std::nullopt;
  if (used_ns) reading_.cpu_used_us = *used_ns / 1000;
}

void CgroupFiles::read_memory(HostFiles& files, TimePoint now) {
  const auto used = files.read(memory_used_, now);
  reading_.memory_used = used ? monitor::parse_u64(monitor::trimmed(*used)) : std::nullopt;
  if (!stat_due_.is_due(now, kCgroupStatEvery)) return;
  const bool is_v2 = memory_version_ == 2;
  const auto stat = files.read(memory_stat_, now);
  reading_.inactive_file =
      stat ? find_key(*stat, is_v2 ? "inactive_file" : "total_inactive_file") : std::nullopt;
  const auto events = files.read(memory_events_, now);
  reading_.oom_kills = events ? find_key(*events, "oom_kill") : std::nullopt;
  reading_.swap_used.reset();
  if (swap_used_.path.empty()) return;
  const auto swap = files.read(swap_used_, now);
  if (swap) reading_.swap_used = monitor::parse_u64(monitor::trimmed(*swap));
}

const monitor::CgroupReading* CgroupFiles::read(HostFiles& files,
                                                std::span<const monitor::Mount> mounts,
                                                TimePoint now) {
  if (locate_due_.is_due(now, kListEvery)) locate(files, mounts);
  if (!has_cpu_ && !has_memory_) return nullptr;
  if (has_cpu_) read_cpu(files, now);
  if (has_memory_) read_memory(files, now);
  const bool says_anything = reading_.quota_cores || reading_.cpuset_cores ||
                             reading_.cpu_used_us || reading_.memory_limit || reading_.memory_used;
  return says_anything ? &reading_ : nullptr;
}

}  // namespace oriel::host

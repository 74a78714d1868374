#include "oriel/core/monitor/cgroup_texts.h"

#include <algorithm>
#include <cmath>

#include "oriel/core/monitor/counters.h"
#include "oriel/core/monitor/limits.h"
#include "oriel/core/monitor/memory_texts.h"
#include "oriel/core/monitor/text_scan.h"

namespace oriel::monitor {
namespace {

// Version 1 says LONG_MAX, cut to pages, for "no limit".
constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 62;

bool has_item(std::string_view list, std::string_view item) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (list.substr(0, comma) == item) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// What of `path` lies below `root`: "" or "/a/b"; "" too where it lies elsewhere.
std::string_view below(std::string_view path, std::string_view root) {
  if (root == "/") root = {};
  if (!path.starts_with(root)) return {};
  path.remove_prefix(root.size());
  if (path == "/" || !path.starts_with('/') || path.find("/..") != std::string_view::npos)
    return {};
  return path;
}

std::vector<std::string> folders_up(const std::string& mount_path, std::string_view group) {
  std::vector<std::string> folders;
  while (!group.empty() && folders.size() < kCgroupsMax) {
    folders.push_back(mount_path + std::string(group));
    group = group.substr(0, group.rfind('/'));
  }
  folders.push_back(mount_path);
  return folders;
}

std::optional<CgroupPlace> place_in(const CgroupLine& line, std::span<const Mount> mounts,
                                    std::string_view type, std::string_view controller) {
  for (const auto& mount : mounts) {
    if (mount.type != type) continue;
    if (type == "cgroup" && !has_item(mount.super_options, controller)) continue;
    return CgroupPlace{type == "cgroup" ? 1 : 2, line.path,
                       folders_up(mount.path, below(line.path, mount.root))};
  }
  return {};
}

}  // namespace

std::vector<CgroupLine> parse_proc_cgroup(std::string_view text) {
  std::vector<CgroupLine> lines;
  while (!text.empty() && lines.size() < kCgroupsMax) {
    const auto line = take_line(text);
    const auto first = line.find(':');
    if (first == std::string_view::npos) continue;
    const auto second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const auto path = line.substr(second + 1);
    if (!path.starts_with('/') || path.size() > kPathBytesMax) continue;
    lines.push_back({std::string(line.substr(first + 1, second - first - 1)), std::string(path)});
  }
  return lines;
}

std::optional<CgroupPlace> cgroup_place(std::span<const CgroupLine> lines,
                                        std::span<const Mount> mounts,
                                        std::string_view controller) {
  for (const auto& line : lines) {
    if (!has_item(line.controllers, controller)) continue;
    if (auto place = place_in(line, mounts, "cgroup", controller)) return place;
  }
  for (const auto& line : lines) {
    if (!line.controllers.empty()) continue;
    if (auto place = place_in(line, mounts, "cgroup2", controller)) return place;
  }
  return {};
}

std::optional<std::uint64_t> parse_byte_limit(std::string_view text) {
  const auto limit = parse_u64(trimmed(text));
  if (!limit || *limit >= kNoLimit) return {};
  return limit;
}

std::optional<double> cpu_quota_cores(std::string_view quota_us, std::string_view period_us) {
  const auto quota = parse_u64(trimmed(quota_us));
  const auto period = parse_u64(trimmed(period_us));
  if (!quota || !period || *quota == 0 || *period == 0) return {};
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

std::optional<double> parse_cpu_max(std::string_view text) {
  const auto quota = take_word(text);
  return cpu_quota_cores(quota, text);
}

std::optional<std::uint64_t> find_key(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    auto line = take_line(text);
    if (take_word(line) == key) return parse_u64(trimmed(line));
  }
  return {};
}

Cgroup cgroup_use(const CgroupReading* before, const CgroupReading& now, double seconds,
                  int host_cores) {
  Cgroup use;
  use.version = now.version;
  use.path = now.path;
  const double host = std::max(host_cores, 1);
  double limit = host;
  if (now.quota_cores) limit = std::min(limit, *now.quota_cores);
  if (now.cpuset_cores && *now.cpuset_cores > 0) {
    limit = std::min(limit, static_cast<double>(*now.cpuset_cores));
  }
  if (limit < host) use.cpu_limit = limit;
  use.throttled_periods = now.throttled_periods;
  use.throttled_us = now.throttled_us;
  use.memory_limit = now.memory_limit;
  if (now.memory_used) {
    // The kernel counts them at different moments.
    use.memory_used = *now.memory_used - std::min(now.inactive_file.value_or(0), *now.memory_used);
  }
  use.swap_limit = now.swap_limit;
  use.swap_used = now.swap_used;
  use.oom_kills = now.oom_kills;
  if (before == nullptr) return use;
  if (before->cpu_used_us && now.cpu_used_us) {
    const auto rate =
        counter_rate(*before->cpu_used_us, *now.cpu_used_us, seconds, CounterWidth::k64);
    if (rate) {
      use.cpu_cores = *rate / 1e6;
      // Above 100 only by bursts, and because the two readings are not at one moment.
      if (limit > 0) use.cpu_percent = std::min(100.0, 100.0 * *use.cpu_cores / limit);
    }
  }
  if (before->periods && now.periods && before->throttled_periods && now.throttled_periods) {
    const auto periods = counter_moved(*before->periods, *now.periods, CounterWidth::k64);
    const auto throttled =
        counter_moved(*before->throttled_periods, *now.throttled_periods, CounterWidth::k64);
    if (periods && throttled) use.throttled_percent = percent_of(*throttled, *periods);
  }
  return use;
}

void put_cgroup_first(Snapshot& snapshot) {
  if (!snapshot.cgroup) return;
  const auto& cgroup = *snapshot.cgroup;
  if (cgroup.cpu_limit && snapshot.processor) {
    if (!snapshot.host) snapshot.host.emplace();
    auto& processor = *snapshot.processor;
    snapshot.host->processor = processor;
    snapshot.host->processor->cores.clear();
    processor.usage_percent = cgroup.cpu_percent;
    processor.logical_cores = std::max(1, static_cast<int>(std::ceil(*cgroup.cpu_limit)));
    if (processor.physical_cores) {
      processor.physical_cores = std::min(*processor.physical_cores, processor.logical_cores);
    }
    // These are shares of the host's time, and stand with the host.
    processor.user_percent = processor.system_percent = {};
    processor.iowait_percent = processor.steal_percent = {};
  }
  const bool limits_memory = cgroup.memory_limit && cgroup.memory_used && snapshot.memory &&
                             *cgroup.memory_limit < snapshot.memory->total;
  if (limits_memory) {
    if (!snapshot.host) snapshot.host.emplace();
    snapshot.host->memory = snapshot.memory;
    Memory memory;
    memory.total = *cgroup.memory_limit;
    memory.used = std::min(*cgroup.memory_used, memory.total);
    // A promise of the group is worth no more than what the host still has.
    memory.available = std::min(memory.total - memory.used, snapshot.memory->available);
    memory.usage_percent = percent_of(memory.used, memory.total);
    snapshot.memory = memory;
  }
}

}  // namespace oriel::monitor

// Any text where the kernel writes what a host is doing: every parser takes it, what comes out
// keeps to its limits, and makes a document.
//
//   input := text before, NUL, text now; each given to all parsers

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/core/monitor/cgroup_texts.h"
#include "oriel/core/monitor/disk_texts.h"
#include "oriel/core/monitor/document.h"
#include "oriel/core/monitor/limits.h"
#include "oriel/core/monitor/load_texts.h"
#include "oriel/core/monitor/memory_texts.h"
#include "oriel/core/monitor/network_texts.h"
#include "oriel/core/monitor/process_texts.h"
#include "oriel/core/monitor/processor_texts.h"
#include "oriel/core/monitor/text_scan.h"

namespace {

using namespace oriel::monitor;

void check_percent(double value) { ORIEL_CHECK(value >= 0 && value <= 100.001); }

void feed_processor(std::string_view before, std::string_view now, Snapshot& snapshot) {
  const auto old_stat = parse_proc_stat(before), new_stat = parse_proc_stat(now);
  ORIEL_CHECK(new_stat.cores.size() <= kCoresMax);
  auto& processor = snapshot.processor.emplace();
  if (old_stat.all && new_stat.all) {
    if (const auto shares = cpu_shares(*old_stat.all, *new_stat.all)) {
      check_percent(shares->usage_percent);
      processor.usage_percent = shares->usage_percent;
    }
  }
  processor.cores = core_uses(old_stat.cores, new_stat.cores);
  for (const auto& core : processor.cores) check_percent(core.usage_percent);
  const auto info = parse_cpuinfo(now);
  ORIEL_CHECK(info.model.size() <= kNameBytesMax);
  processor.model = info.model;
  processor.frequency_mhz = info.frequency_mhz;
  processor.physical_cores = info.physical_cores;
  if (const auto count = count_cpu_list(now)) {
    ORIEL_CHECK(*count >= 0 && *count <= static_cast<int>(kCoresMax));
  }
}

void feed_devices(std::string_view before, std::string_view now, Snapshot& snapshot) {
  const auto disks = parse_diskstats(now);
  ORIEL_CHECK(disks.size() <= kDisksMax);
  snapshot.disks = disk_throughput(parse_diskstats(before), disks, 0.5, CounterWidth::k32);
  for (const auto& disk : snapshot.disks) check_percent(disk.busy_percent.value_or(0));
  snapshot.interfaces = parse_net_dev(now);
  set_traffic_rates(parse_net_dev(before), snapshot.interfaces, 0.5, CounterWidth::k32);
  const auto mounts = parse_mountinfo(now);
  ORIEL_CHECK(mounts_with_space(mounts).size() <= mounts.size());
  for (const auto* controller : {"cpu", "memory"}) {
    const auto place = cgroup_place(parse_proc_cgroup(before), mounts, controller);
    if (place) ORIEL_CHECK(!place->folders.empty() && place->folders.size() <= kCgroupsMax + 1);
  }
}

void feed_cgroup(std::string_view before, std::string_view now, Snapshot& snapshot) {
  const auto reading = [](std::string_view text) {
    CgroupReading values;
    values.quota_cores = parse_cpu_max(text);
    values.cpu_used_us = find_key(text, "usage_usec");
    values.periods = find_key(text, "nr_periods");
    values.throttled_periods = find_key(text, "nr_throttled");
    values.memory_limit = parse_byte_limit(text);
    values.memory_used = find_key(text, "anon");
    values.inactive_file = find_key(text, "inactive_file");
    return values;
  };
  const auto earlier = reading(before);
  snapshot.cgroup = cgroup_use(&earlier, reading(now), 0.5, 4);
  check_percent(snapshot.cgroup->cpu_percent.value_or(0));
  put_cgroup_first(snapshot);
}

void feed_processes(std::string_view before, std::string_view now) {
  const auto old_process = parse_process_stat(before), new_process = parse_process_stat(now);
  (void)parse_process_io(now);
  if (!new_process) return;
  ORIEL_CHECK(new_process->pid > 0 && new_process->parent >= 0);
  std::vector<ProcessCounters> earlier;
  if (old_process) earlier.push_back(*old_process);
  const auto uses = process_uses(earlier, {&*new_process, 1}, 0.5, {});
  ORIEL_CHECK(uses.size() == 1 && uses[0].cpu_percent.value_or(0) >= 0);
}

}  // namespace

ORIEL_FUZZER(monitor_texts, bytes, size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto end = text.find('\0');
  const auto before = text.substr(0, end);
  const auto now = end == std::string_view::npos ? text : text.substr(end + 1);
  Snapshot snapshot;
  feed_processor(before, now, snapshot);
  const auto memory = parse_meminfo(now);
  snapshot.memory = memory.memory;
  snapshot.swap = memory.swap;
  if (snapshot.memory) {
    ORIEL_CHECK(snapshot.memory->used <= snapshot.memory->total);
    ORIEL_CHECK(snapshot.memory->available <= snapshot.memory->total);
    check_percent(snapshot.memory->usage_percent);
  }
  feed_devices(before, now, snapshot);
  snapshot.load = parse_loadavg(now);
  snapshot.pressure.emplace().cpu = parse_pressure(now);
  (void)parse_uptime(now);
  feed_processes(before, now);
  feed_cgroup(before, now, snapshot);
  const auto document = to_json(make_data(snapshot, all_but_processes()));
  ORIEL_CHECK(std::ranges::all_of(document, [](char c) { return c >= ' ' && c <= '~'; }));
  ORIEL_CHECK(parse_json(document, document.size()).has_value());
  return 0;
}

#include "oriel/io/host/host_sampler.h"

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <map>
#include <utility>

#include "oriel/core/monitor/cgroup_texts.h"
#include "oriel/core/monitor/disk_texts.h"
#include "oriel/core/monitor/load_texts.h"
#include "oriel/core/monitor/memory_texts.h"
#include "oriel/core/monitor/network_texts.h"
#include "oriel/core/monitor/processor_texts.h"
#include "oriel/core/monitor/text_scan.h"
#include "oriel/io/host/cgroup_files.h"
#include "oriel/io/host/gpus.h"
#include "oriel/io/host/host_files.h"
#include "oriel/io/host/limits.h"
#include "oriel/io/host/process_files.h"
#include "oriel/io/host/rate_base.h"
#include "oriel/io/host/sensors.h"

namespace oriel::host {
namespace {

using monitor::CounterWidth;
using monitor::Metric;
using monitor::MetricSet;
using monitor::Snapshot;

// /proc/sys/kernel/arch is newer than 6.1; an older kernel's answer is the one of this host.
std::string machine_of(HostFiles& files) {
  auto machine = files.read_line("proc/sys/kernel/arch");
  utsname host{};
  if (machine.empty() && ::uname(&host) == 0) machine = host.machine;
  return machine;
}

CounterWidth counter_width(std::string_view machine) {
  const bool is_32_bits = machine == "i386" || machine == "i586" || machine == "i686" ||
                          (machine.starts_with("arm") && machine != "arm64") || machine == "mips" ||
                          machine == "ppc";
  return is_32_bits ? CounterWidth::k32 : CounterWidth::k64;
}

std::string distribution_of(HostFiles& files) {
  auto text = files.read_once("etc/os-release");
  while (text && !text->empty()) {
    auto line = monitor::take_line(*text);
    if (!line.starts_with("PRETTY_NAME=")) continue;
    line.remove_prefix(12);
    if (line.size() >= 2 && line.front() == '"' && line.back() == '"') {
      line = line.substr(1, line.size() - 2);
    }
    return std::string(line.substr(0, 256));
  }
  return {};
}

// What does not change while the host runs, but for its name.
monitor::System identity_of(HostFiles& files) {
  monitor::System system;
  system.os_name = files.read_line("proc/sys/kernel/ostype");
  if (system.os_name.empty()) system.os_name = "Linux";
  system.os_release = files.read_line("proc/sys/kernel/osrelease");
  system.os_version = files.read_line("proc/sys/kernel/version");
  system.hostname = files.read_line("proc/sys/kernel/hostname");
  system.machine = machine_of(files);
  system.distribution = distribution_of(files);
  system.platform = fmt::format("{}-{}-{}", system.os_name, system.os_release, system.machine);
  if (files.is_own_root()) {
    system.platform += fmt::format("-with-glibc{}", ::gnu_get_libc_version());
  }
  return system;
}

// Cores are threads that share one: as many as there are different lists of siblings.
std::optional<int> count_physical_cores(HostFiles& files) {
  std::vector<std::string> siblings;
  for (const auto& name : files.list("sys/devices/system/cpu")) {
    if (!name.starts_with("cpu") || !monitor::parse_u64(name.substr(3))) continue;
    const auto folder = "sys/devices/system/cpu/" + name + "/topology";
    auto list = files.read_line(folder + "/core_cpus_list");
    if (list.empty()) list = files.read_line(folder + "/thread_siblings_list");
    if (!list.empty()) siblings.push_back(std::move(list));
  }
  std::ranges::sort(siblings);
  const auto repeated = std::ranges::unique(siblings);
  siblings.erase(repeated.begin(), repeated.end());
  if (siblings.empty()) return {};
  return static_cast<int>(siblings.size());
}

std::optional<double> highest_frequency_mhz(HostFiles& files) {
  std::optional<double> highest;
  for (const auto& policy : files.list("sys/devices/system/cpu/cpufreq")) {
    const auto khz =
        files.read_number("sys/devices/system/cpu/cpufreq/" + policy + "/cpuinfo_max_freq");
    if (khz) highest = std::max(highest.value_or(0), static_cast<double>(*khz) / 1000);
  }
  return highest;
}

}  // namespace

class HostSampler::State {
 public:
  State(HostSamplerOptions options, HostFiles files)
      : options_(std::move(options)), files_(std::move(files)) {
    identity_ = identity_of(files_);
    width_ = counter_width(identity_.machine);
    length_.ticks_per_s = static_cast<double>(std::max(1L, ::sysconf(_SC_CLK_TCK)));
    length_.page_bytes = static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_PAGESIZE)));
  }

  Snapshot sample(const SampleRequest& request, TimePoint now, monitor::WallTime wall);
  void restart();
  std::vector<std::string> take_notices() { return files_.take_notices(); }

 private:
  void sample_processor(Snapshot& snapshot, MetricSet metrics, TimePoint now);
  void describe_processor(monitor::Processor& processor, TimePoint now);
  void read_frequency(TimePoint now);
  void sample_memory(Snapshot& snapshot, MetricSet metrics, TimePoint now);
  void sample_space(Snapshot& snapshot, MetricSet metrics, TimePoint now);
  std::optional<monitor::MountSpace> space_of(const monitor::Mount& mount, TimePoint now);
  void sample_disks(Snapshot& snapshot, TimePoint now);
  void sample_network(Snapshot& snapshot, TimePoint now);
  void sample_load(Snapshot& snapshot, MetricSet metrics, TimePoint now);
  void sample_system(Snapshot& snapshot, TimePoint now);
  void sample_cgroup(Snapshot& snapshot, TimePoint now);
  void sample_gpus(Snapshot& snapshot, TimePoint now);
  void sample_processes(Snapshot& snapshot, const SampleRequest& request, TimePoint now);
  void read_mounts(TimePoint now);

  HostSamplerOptions options_;
  HostFiles files_;
  monitor::System identity_;
  CounterWidth width_ = CounterWidth::k64;
  monitor::TickLength length_;

  KeptFile stat_{"proc/stat", "processor figures"};
  KeptFile meminfo_{"proc/meminfo", "memory figures"};
  KeptFile diskstats_{"proc/diskstats", "disk throughput"};
  KeptFile net_dev_{"proc/net/dev", "network figures"};
  KeptFile loadavg_{"proc/loadavg", "load"};
  KeptFile uptime_{"proc/uptime", "uptime"};
  KeptFile cpuinfo_{"proc/cpuinfo"};
  KeptFile scaling_frequency_{"sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq"};
  KeptFile mountinfo_{"proc/self/mountinfo", "list of mounts"};
  KeptFile hostname_{"proc/sys/kernel/hostname"};
  KeptFile cpu_pressure_{"proc/pressure/cpu", "CPU pressure"};
  KeptFile memory_pressure_{"proc/pressure/memory", "memory pressure"};
  KeptFile io_pressure_{"proc/pressure/io", "I/O pressure"};

  RateBase<monitor::ProcStat> stat_base_;
  RateBase<std::vector<monitor::DiskCounters>> disk_base_;
  RateBase<std::vector<monitor::InterfaceTraffic>> network_base_;
  RateBase<monitor::CgroupReading> cgroup_base_;
  RateBase<std::vector<monitor::ProcessCounters>> process_base_;

  std::optional<std::int64_t> boot_time_s_;
  int online_cores_ = 0;

  // As of the online cores that were counted last.
  int described_cores_ = -1;
  monitor::CpuInfo cpuinfo_values_;
  std::optional<int> physical_cores_;
  std::optional<double> frequency_max_mhz_;
  std::optional<double> frequency_mhz_;
  std::optional<TimePoint> frequency_at_;
  Duration frequency_every_ = kFrequencyEvery;

  Every mounts_due_, block_due_, gpus_due_, batteries_due_;
  std::vector<monitor::Mount> mounts_;  // all of them
  std::vector<monitor::Mount> mounts_with_space_;
  std::map<std::string, TimePoint> slow_mounts_;
  std::vector<std::string> block_devices_;
  CgroupFiles cgroup_files_;
  Sensors sensors_;
  std::vector<monitor::Battery> batteries_;
  DrmGpus drm_gpus_;
  std::unique_ptr<Nvml> nvml_;
  bool has_tried_nvml_ = false;
  std::vector<monitor::Gpu> gpus_;
};

void HostSampler::State::restart() {
  stat_base_.reset();
  disk_base_.reset();
  network_base_.reset();
  cgroup_base_.reset();
  process_base_.reset();
}

// How fast the cores run costs much on some kernels, so it is asked for seldom.
void HostSampler::State::read_frequency(TimePoint now) {
  const bool is_due =
      !frequency_at_ || now < *frequency_at_ || now - *frequency_at_ >= frequency_every_;
  if (!is_due) return;
  frequency_at_ = now;
  const auto started = Clock::now();
  if (const auto text = files_.read(cpuinfo_, now)) {
    cpuinfo_values_ = monitor::parse_cpuinfo(*text);
  }
  frequency_mhz_ = cpuinfo_values_.frequency_mhz;
  if (!frequency_mhz_) {
    const auto text = files_.read(scaling_frequency_, now);
    const auto khz = text ? monitor::parse_u64(monitor::trimmed(*text)) : std::nullopt;
    if (khz) frequency_mhz_ = static_cast<double>(*khz) / 1000;
  }
  const bool is_slow = Clock::now() - started > kFrequencySlow;
  frequency_every_ = is_slow ? kFrequencySlowEvery : kFrequencyEvery;
}

void HostSampler::State::describe_processor(monitor::Processor& processor, TimePoint now) {
  read_frequency(now);
  if (described_cores_ != online_cores_) {
    described_cores_ = online_cores_;
    physical_cores_ = count_physical_cores(files_);
    if (!physical_cores_) physical_cores_ = cpuinfo_values_.physical_cores;
    frequency_max_mhz_ = highest_frequency_mhz(files_);
  }
  processor.model = cpuinfo_values_.model;
  processor.physical_cores = physical_cores_;
  processor.frequency_mhz = frequency_mhz_;
  processor.frequency_max_mhz = frequency_max_mhz_;
}

void HostSampler::State::sample_processor(Snapshot& snapshot, MetricSet metrics, TimePoint now) {
  const auto text = files_.read(stat_, now);
  if (!text) return;
  auto stat = monitor::parse_proc_stat(*text);
  boot_time_s_ = stat.boot_time_s;
  online_cores_ = static_cast<int>(stat.cores.size());
  const auto before = stat_base_.before(now);
  if (metrics.has(Metric::kProcessor) && stat.all) {
    auto& processor = snapshot.processor.emplace();
    processor.logical_cores = online_cores_;
    if (before.reading != nullptr && before.reading->all) {
      if (const auto shares = monitor::cpu_shares(*before.reading->all, *stat.all)) {
        processor.usage_percent = shares->usage_percent;
        processor.user_percent = shares->user_percent;
        processor.system_percent = shares->system_percent;
        processor.iowait_percent = shares->iowait_percent;
        processor.steal_percent = shares->steal_percent;
      }
      processor.cores = monitor::core_uses(before.reading->cores, stat.cores);
    }
    describe_processor(processor, now);
  }
  stat_base_.add(std::move(stat), now);
}

void HostSampler::State::sample_memory(Snapshot& snapshot, MetricSet metrics, TimePoint now) {
  const auto text = files_.read(meminfo_, now);
  if (!text) return;
  const auto values = monitor::parse_meminfo(*text);
  if (metrics.has(Metric::kMemory)) snapshot.memory = values.memory;
  if (metrics.has(Metric::kSwap)) snapshot.swap = values.swap;
}

void HostSampler::State::read_mounts(TimePoint now) {
  if (!mounts_due_.is_due(now, kListEvery)) return;
  const auto text = files_.read(mountinfo_, now);
  if (!text) return;
  mounts_ = monitor::parse_mountinfo(*text);
  // Containers have single files mounted (/etc/hosts): not places to put something.
  std::vector<monitor::Mount> folders;
  for (const auto& mount : mounts_) {
    if (mount.root == "/" || mount.path == "/" || files_.is_folder(mount.path)) {
      folders.push_back(mount);
    }
  }
  mounts_with_space_ = monitor::mounts_with_space(folders);
  if (mounts_with_space_.size() > kMountsShownMax) {
    files_.say_once("mounts", fmt::format("Only {} of {} mounts are shown", kMountsShownMax,
                                          mounts_with_space_.size()));
    mounts_with_space_.resize(kMountsShownMax);
  }
}

std::optional<monitor::MountSpace> HostSampler::State::space_of(const monitor::Mount& mount,
                                                                TimePoint now) {
  if (const auto slow = slow_mounts_.find(mount.path); slow != slow_mounts_.end()) {
    if (now >= slow->second && now - slow->second < kSpaceSlowPause) return {};
    slow_mounts_.erase(slow);
  }
  struct statvfs space{};
  const auto started = Clock::now();
  const bool is_read = ::statvfs(files_.full_path(mount.path).c_str(), &space) == 0;
  const int error = errno;
  if (Clock::now() - started > kSpaceSlow) {
    slow_mounts_[mount.path] = now;
    files_.say_once("slow " + mount.path,
                    fmt::format("Space of {} is left out for {} s: it took over {} ms to answer",
                                mount.path, kSpaceSlowPause.count(), kSpaceSlow.count()));
  }
  if (!is_read) {
    files_.say_once("space " + mount.path,
                    fmt::format("No space of {}: {}", mount.path, std::strerror(error)));
    return {};
  }
  monitor::MountSpace shown;
  shown.path = mount.path;
  shown.device = mount.device;
  shown.type = mount.type;
  const std::uint64_t block = space.f_frsize;
  shown.total = space.f_blocks * block;
  shown.used = (space.f_blocks - std::min(space.f_bfree, space.f_blocks)) * block;
  shown.free = space.f_bavail * block;
  shown.usage_percent = monitor::percent_of(shown.used, shown.used + shown.free);
  return shown;
}

void HostSampler::State::sample_space(Snapshot& snapshot, MetricSet metrics, TimePoint now) {
  bool has_root = false;
  for (const auto& mount : mounts_with_space_) {
    const bool is_root = mount.path == "/";
    has_root = has_root || is_root;
    if (!is_root && !metrics.has(Metric::kMounts)) continue;
    auto space = space_of(mount, now);
    if (!space || space->total == 0) continue;
    if (is_root && metrics.has(Metric::kDisk)) snapshot.root = space;
    if (metrics.has(Metric::kMounts)) snapshot.mounts.push_back(std::move(*space));
  }
  if (!has_root && metrics.has(Metric::kDisk)) {
    monitor::Mount root;
    root.path = "/";
    snapshot.root = space_of(root, now);  // a host that hides its mounts
  }
}

void HostSampler::State::sample_disks(Snapshot& snapshot, TimePoint now) {
  const auto text = files_.read(diskstats_, now);
  if (!text) return;
  auto disks = monitor::parse_diskstats(*text);
  if (block_due_.is_due(now, kListEvery)) block_devices_ = files_.list("sys/block");
  std::erase_if(disks, [&](const monitor::DiskCounters& disk) {
    if (block_devices_.empty()) return monitor::is_partition_name(disk.name);
    auto name = disk.name;
    std::ranges::replace(name, '/', '!');  // cciss/c0d0
    return !std::ranges::binary_search(block_devices_, name);
  });
  const auto before = disk_base_.before(now);
  const auto earlier = before.reading == nullptr ? std::span<const monitor::DiskCounters>()
                                                 : std::span(*before.reading);
  snapshot.disks = monitor::disk_throughput(earlier, disks, before.seconds, width_);
  disk_base_.add(std::move(disks), now);
}

void HostSampler::State::sample_network(Snapshot& snapshot, TimePoint now) {
  const auto text = files_.read(net_dev_, now);
  if (!text) return;
  auto interfaces = monitor::parse_net_dev(*text);
  snapshot.interfaces = interfaces;
  const auto before = network_base_.before(now);
  if (before.reading != nullptr) {
    monitor::set_traffic_rates(*before.reading, snapshot.interfaces, before.seconds, width_);
  }
  network_base_.add(std::move(interfaces), now);
}

void HostSampler::State::sample_load(Snapshot& snapshot, MetricSet metrics, TimePoint now) {
  if (metrics.has(Metric::kLoad)) {
    if (const auto text = files_.read(loadavg_, now)) snapshot.load = monitor::parse_loadavg(*text);
  }
  if (!metrics.has(Metric::kPressure)) return;
  monitor::Pressure pressure;
  const auto read = [&](KeptFile& file) -> std::optional<monitor::ResourcePressure> {
    const auto text = files_.read(file, now);
    return text ? monitor::parse_pressure(*text) : std::nullopt;
  };
  pressure.cpu = read(cpu_pressure_);
  pressure.memory = read(memory_pressure_);
  pressure.io = read(io_pressure_);
  if (pressure.cpu || pressure.memory || pressure.io) snapshot.pressure = pressure;
}

void HostSampler::State::sample_system(Snapshot& snapshot, TimePoint now) {
  if (const auto text = files_.read(hostname_, now)) {
    identity_.hostname = monitor::trimmed(*text).substr(0, 256);
  }
  auto& system = snapshot.system.emplace(identity_);
  if (const auto text = files_.read(uptime_, now)) system.uptime_s = monitor::parse_uptime(*text);
  system.boot_time_s = boot_time_s_;
}

void HostSampler::State::sample_cgroup(Snapshot& snapshot, TimePoint now) {
  const auto* reading = cgroup_files_.read(files_, mounts_, now);
  if (reading == nullptr) return;
  const auto before = cgroup_base_.before(now);
  // Limits of another group, or another level, count something else.
  const auto* earlier = before.reading;
  if (earlier != nullptr && earlier->path != reading->path) earlier = nullptr;
  snapshot.cgroup =
      monitor::cgroup_use(earlier, *reading, before.seconds, std::max(online_cores_, 1));
  cgroup_base_.add(*reading, now);
  monitor::put_cgroup_first(snapshot);
}

void HostSampler::State::sample_gpus(Snapshot& snapshot, TimePoint now) {
  if (gpus_due_.is_due(now, kGpusEvery)) {
    if (!has_tried_nvml_ && !options_.nvml_library.empty()) {
      has_tried_nvml_ = true;
      nvml_ = Nvml::load(options_.nvml_library, files_);
    }
    gpus_.clear();
    if (nvml_) gpus_ = nvml_->read();
    std::ranges::move(drm_gpus_.read(files_, now), std::back_inserter(gpus_));
  }
  snapshot.gpus = gpus_;
}

void HostSampler::State::sample_processes(Snapshot& snapshot, const SampleRequest& request,
                                          TimePoint now) {
  using monitor::ProcessOrder;
  const auto has = [&](ProcessOrder order) {
    return std::ranges::find(request.process_orders, order) != request.process_orders.end();
  };
  auto processes = read_processes(files_, has(ProcessOrder::kIo));
  const auto before = process_base_.before(now);
  const auto earlier = before.reading == nullptr ? std::span<const monitor::ProcessCounters>()
                                                 : std::span(*before.reading);
  const auto uses = monitor::process_uses(earlier, processes, before.seconds, length_);
  auto& shown = snapshot.processes.emplace();
  shown.count = processes.size();
  const auto top = [&](ProcessOrder order) {
    if (!has(order)) return std::vector<monitor::ProcessUse>();
    return monitor::top_processes(uses, order, request.top_processes);
  };
  shown.by_cpu = top(ProcessOrder::kCpu);
  shown.by_memory = top(ProcessOrder::kMemory);
  shown.by_io = top(ProcessOrder::kIo);
  process_base_.add(std::move(processes), now);
}

Snapshot HostSampler::State::sample(const SampleRequest& request, TimePoint now,
                                    monitor::WallTime wall) {
  const auto metrics = request.metrics;
  const auto has = [&](Metric metric) { return metrics.has(metric); };
  Snapshot snapshot;
  snapshot.time = wall;
  // The limits of a cgroup change what these two say, so it is looked at for them too.
  const bool needs_cgroup = has(Metric::kCgroup) || has(Metric::kProcessor) || has(Metric::kMemory);
  if (needs_cgroup || has(Metric::kSystem)) sample_processor(snapshot, metrics, now);
  if (has(Metric::kMemory) || has(Metric::kSwap)) sample_memory(snapshot, metrics, now);
  if (needs_cgroup || has(Metric::kDisk) || has(Metric::kMounts)) read_mounts(now);
  if (has(Metric::kDisk) || has(Metric::kMounts)) sample_space(snapshot, metrics, now);
  if (has(Metric::kDisks)) sample_disks(snapshot, now);
  if (has(Metric::kNetwork)) sample_network(snapshot, now);
  sample_load(snapshot, metrics, now);
  if (has(Metric::kSystem)) sample_system(snapshot, now);
  if (has(Metric::kGpu)) sample_gpus(snapshot, now);
  if (has(Metric::kSensors) || has(Metric::kProcessor)) {
    const auto& sensors = sensors_.read(files_, now);
    if (has(Metric::kSensors)) snapshot.sensors = sensors;
    if (snapshot.processor) snapshot.processor->temperature_celsius = sensors_.processor_celsius();
  }
  if (has(Metric::kBattery)) {
    if (batteries_due_.is_due(now, kBatteriesEvery)) batteries_ = read_batteries(files_);
    snapshot.batteries = batteries_;
  }
  if (has(Metric::kProcesses)) sample_processes(snapshot, request, now);
  if (needs_cgroup) sample_cgroup(snapshot, now);
  return snapshot;
}

HostSampler::HostSampler(std::unique_ptr<State> state) : state_(std::move(state)) {}
HostSampler::~HostSampler() = default;

Result<std::unique_ptr<HostSampler>> HostSampler::open(HostSamplerOptions options) {
  ORIEL_TRY(auto files, HostFiles::open(options.root));
  auto state = std::make_unique<State>(std::move(options), std::move(files));
  return std::unique_ptr<HostSampler>(new HostSampler(std::move(state)));
}

Snapshot HostSampler::sample(const SampleRequest& request, TimePoint now, monitor::WallTime wall) {
  return state_->sample(request, now, wall);
}
void HostSampler::restart() { state_->restart(); }
std::vector<std::string> HostSampler::take_notices() { return state_->take_notices(); }

monitor::WallTime wall_time_now() {
  std::timespec time{};
  std::timespec_get(&time, TIME_UTC);
  std::tm local{};
  ::localtime_r(&time.tv_sec, &local);
  return {std::int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000,
          static_cast<std::int32_t>(local.tm_gmtoff)};
}

}  // namespace oriel::host

#include "oriel/app/monitor/tui/reading.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <initializer_list>
#include <string_view>
#include <unordered_set>

#include "oriel/app/monitor/tui/limits.h"

namespace oriel::monitor::tui {
namespace {

// Larger than any count of bytes, and small enough to be written out.
constexpr double kNumberMax = 1e24;

const Value* member(const Value* value, std::string_view key) {
  return value == nullptr || value->object() == nullptr ? nullptr : value->find(key);
}

std::optional<double> number(const Value* value) {
  if (value == nullptr || !value->is_number()) return {};
  const double result = value->number_or(0);
  if (!std::isfinite(result) || result < 0) return {};
  return std::min(result, kNumberMax);
}

// The first of the keys that has a number.
std::optional<double> number(const Value* value, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    if (const auto found = number(member(value, key))) return found;
  }
  return {};
}

std::string text(const Value* value) {
  if (value == nullptr || value->string() == nullptr) return {};
  return value->string()->substr(0, kTextBytesMax);
}

// Temperatures may be below zero; nothing is colder than the universe.
std::optional<double> temperature(const Value* value, std::string_view key) {
  const auto* found = member(value, key);
  if (found == nullptr || !found->is_number()) return {};
  const double result = found->number_or(0);
  if (!std::isfinite(result) || result < -273.2 || result > 10'000) return {};
  return result;
}

const Object& members(const Value* value) {
  static const Object kNone;
  return value == nullptr || value->object() == nullptr ? kNone : *value->object();
}

const Array& items(const Value* value) {
  static const Array kNone;
  return value == nullptr || value->array() == nullptr ? kNone : *value->array();
}

// Needs a total, or a share.
std::optional<SpaceReading> space(const Value* value, std::string_view used_key = "used",
                                  std::string_view total_key = "total") {
  const auto total = number(value, {total_key});
  const auto used = number(value, {used_key});
  auto percent = number(value, {"percentage", "usage_percent", "memory_percentage"});
  if (!percent && total && used && *total > 0) percent = *used / *total * 100;
  if (!percent) return {};
  return SpaceReading{total.value_or(0), used.value_or(0), std::min(*percent, 100.0)};
}

void read_processor(const Value* value, Reading& out) {
  if (members(value).empty()) return;
  ProcessorReading reading;
  reading.percent = number(value, {"usage_percent"});
  reading.user = number(value, {"user_percent"});
  reading.system = number(value, {"system_percent"});
  reading.iowait = number(value, {"iowait_percent"});
  reading.steal = number(value, {"steal_percent"});
  reading.temperature = temperature(value, "temperature");
  reading.frequency_mhz = number(value, {"frequency_mhz", "frequency_current"});
  if (reading.frequency_mhz == 0.0) reading.frequency_mhz.reset();  // says: unknown
  reading.model = text(member(value, "model"));
  reading.logical_count =
      static_cast<int>(std::min(number(value, {"logical_count"}).value_or(0), 1e6));
  const auto& numbers = items(member(value, "core_numbers"));
  for (const auto& use : items(member(value, "per_core_usage"))) {
    if (reading.cores.size() == kCoresShown) break;
    const auto index = reading.cores.size();
    const double given =
        index < numbers.size() ? numbers[index].number_or(0) : static_cast<double>(index);
    const int core = given >= 0 && given < 1e6 ? static_cast<int>(given) : 0;
    reading.cores.push_back({core, std::min(number(&use).value_or(0), 100.0)});
  }
  out.processor = std::move(reading);
}

void read_memory(const Value* data, Reading& out) {
  const auto* memory = member(data, "memory");
  if (const auto found = space(memory)) {
    auto& reading = out.memory.emplace(
        MemoryReading{*found, number(memory, {"available"}), number(memory, {"cached"}),
                      number(memory, {"buffers"}), number(memory, {"shared"})});
    // What the percentage is of, which "used" need not be.
    const double total = found->total;
    if (total > 0 && reading.available)
      reading.space.used = std::max(0.0, total - *reading.available);
  }
  out.swap = space(member(data, "swap"));
  if (out.swap && out.swap->total == 0) out.swap.reset();  // there is none
}

void read_mounts(const Value* data, Reading& out) {
  for (const auto& [path, fields] : members(member(data, "mounts"))) {
    if (out.mounts.size() == kLinesShown) break;
    const auto found = space(&fields);
    if (found) out.mounts.push_back({path.substr(0, kTextBytesMax), *found});
  }
  const auto* root = member(data, "disk");
  const auto found = space(root);
  if (!out.mounts.empty() || !found) return;
  const auto path = text(member(root, "path"));
  out.mounts.push_back({path.empty() ? "/" : path, *found});
}

void read_disks(const Value* disks, Reading& out) {
  out.disk_read = number(disks, {"read_bytes_per_s"});
  out.disk_write = number(disks, {"write_bytes_per_s"});
  for (const auto& [name, fields] : members(member(disks, "devices"))) {
    if (out.disks.size() == kLinesShown) break;
    out.disks.push_back({name.substr(0, kTextBytesMax), number(&fields, {"read_bytes_per_s"}),
                         number(&fields, {"write_bytes_per_s"}),
                         number(&fields, {"busy_percent"})});
  }
}

void read_network(const Value* network, Reading& out) {
  if (members(network).empty()) return;
  out.has_network = true;
  out.received = number(network, {"bytes_recv_per_s"});
  out.sent = number(network, {"bytes_sent_per_s"});
  for (const auto& [name, fields] : members(member(network, "interfaces"))) {
    if (out.interfaces.size() == kLinesShown) break;
    InterfaceReading reading;
    reading.name = name.substr(0, kTextBytesMax);
    reading.received = number(&fields, {"bytes_recv_per_s"});
    reading.sent = number(&fields, {"bytes_sent_per_s"});
    reading.received_total = number(&fields, {"bytes_recv"}).value_or(0);
    reading.sent_total = number(&fields, {"bytes_sent"}).value_or(0);
    for (const auto* key : {"errors_in", "errors_out", "drops_in", "drops_out"}) {
      reading.faults += number(&fields, {key}).value_or(0);
    }
    out.interfaces.push_back(std::move(reading));
  }
}

void read_gpu(const Value& value, Reading& out) {
  if (members(&value).empty() || out.gpus.size() == kGpusShown) return;
  GpuReading reading;
  reading.name = text(member(&value, "name"));
  if (reading.name == "No GPU detected") return;  // of the real server's library variant
  reading.percent = number(&value, {"gpu_usage_percent", "usage_percent"});
  reading.temperature = temperature(&value, "temperature");
  reading.power = number(&value, {"power_draw"});
  reading.power_limit = number(&value, {"power_limit"});
  reading.clock_mhz = number(&value, {"clock_mhz"});
  const auto total = number(&value, {"memory_total"}), used = number(&value, {"memory_used"});
  if (total && used && *total > 0) {
    reading.memory = SpaceReading{*total, *used, std::min(*used / *total * 100, 100.0)};
  }
  out.gpus.push_back(std::move(reading));
}

void read_gpus(const Value* data, Reading& out) {
  for (const auto& gpu : items(member(data, "gpus"))) read_gpu(gpu, out);
  const auto* one = member(data, "gpu");
  if (out.gpus.empty() && one != nullptr) read_gpu(*one, out);
}

std::optional<StallReading> stall(const Value* value) {
  const auto ten = number(value, {"avg10"});
  if (!ten) return {};
  return StallReading{*ten, number(value, {"avg60"}).value_or(0),
                      number(value, {"avg300"}).value_or(0)};
}

void read_load(const Value* data, Reading& out) {
  const auto* load = member(data, "load");
  if (const auto one = number(load, {"load1"})) {
    out.load =
        LoadReading{*one, number(load, {"load5"}).value_or(0), number(load, {"load15"}).value_or(0),
                    number(load, {"running"}), number(load, {"tasks"})};
  }
  for (const auto* name : {"cpu", "memory", "io"}) {
    const auto* resource = member(member(data, "pressure"), name);
    const auto some = stall(member(resource, "some")), full = stall(member(resource, "full"));
    if (some || full) out.pressure.push_back({name, some, full});
  }
  const auto* cgroup = member(data, "cgroup");
  if (!members(cgroup).empty()) {
    out.cgroup =
        CgroupReading{text(member(cgroup, "path")),       number(cgroup, {"cpu_limit"}),
                      number(cgroup, {"cpu_cores_used"}), number(cgroup, {"throttled_percent"}),
                      number(cgroup, {"memory_limit"}),   number(cgroup, {"memory_used"}),
                      number(cgroup, {"oom_kills"})};
  }
  const auto* host = member(data, "host");
  out.host_cpu = number(member(host, "processor"), {"usage_percent"});
  out.host_memory = number(member(host, "memory"), {"percentage", "usage_percent"});
}

void read_sensors(const Value* data, Reading& out) {
  for (const auto& [name, fields] : members(member(data, "sensors"))) {
    if (out.sensors.size() == kLinesShown) break;
    const auto celsius = temperature(&fields, "temperature");
    if (!celsius) continue;
    out.sensors.push_back({name.substr(0, kTextBytesMax), *celsius, temperature(&fields, "high"),
                           temperature(&fields, "critical")});
  }
  for (const auto& [name, fields] : members(member(data, "battery"))) {
    if (out.batteries.size() == kLinesShown) break;
    const auto percent = number(&fields, {"percent"});
    if (!percent) continue;
    out.batteries.push_back({name.substr(0, kTextBytesMax), text(member(&fields, "status")),
                             std::min(*percent, 100.0), number(&fields, {"power_watts"}),
                             number(&fields, {"seconds_left"})});
  }
}

void read_processes(const Value* processes, Reading& out) {
  if (members(processes).empty()) return;
  out.has_processes = true;
  out.process_count = number(processes, {"count"});
  std::unordered_set<std::int64_t> seen;
  for (const auto* order : {"by_cpu", "by_memory", "by_io"}) {
    for (const auto& fields : items(member(processes, order))) {
      if (out.processes.size() == kLinesShown) return;
      const auto pid =
          static_cast<std::int64_t>(std::min(number(&fields, {"pid"}).value_or(0), 9e15));
      if (!seen.insert(pid).second) continue;
      ProcessReading reading;
      reading.pid = pid;
      reading.name = text(member(&fields, "name"));
      reading.state = text(member(&fields, "state"));
      reading.threads = number(&fields, {"threads"}).value_or(0);
      reading.memory = number(&fields, {"memory_bytes"}).value_or(0);
      reading.cpu = number(&fields, {"cpu_percent"});
      reading.io = number(&fields, {"io_bytes_per_s"});
      out.has_process_io = out.has_process_io || reading.io.has_value();
      out.processes.push_back(std::move(reading));
    }
  }
}

void read_system(const Value* data, Reading& out) {
  const auto* system = member(data, "system");
  out.hostname = text(member(system, "hostname"));
  out.system = text(member(system, "distribution"));
  out.release = text(member(system, "os_release"));
  if (out.system.empty()) out.system = text(member(system, "os_name"));
  out.uptime_s = number(system, {"uptime_seconds"});
  const auto boot = seconds_of(text(member(system, "boot_time")));
  if (!out.uptime_s && boot && out.time_s && *out.time_s > *boot) {
    out.uptime_s = *out.time_s - *boot;
  }
  if (!out.process_count) out.process_count = number(system, {"processes"});
}

void read_alerts(const Value& message, Reading& out) {
  for (const auto& alert : items(member(&message, "alerts"))) {
    if (out.alerts.size() == kAlertsShown) break;
    AlertReading reading;
    const auto level = text(member(&alert, "level"));
    reading.is_critical = level == "CRITICAL" || level == "critical";
    reading.message = text(member(&alert, "message"));
    reading.component = text(member(&alert, "component"));
    if (reading.message.empty()) reading.message = reading.component;
    if (!reading.message.empty()) out.alerts.push_back(std::move(reading));
  }
  std::ranges::stable_sort(out.alerts, std::greater{}, &AlertReading::is_critical);
}

}  // namespace

std::optional<double> seconds_of(const std::string& timestamp) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0;
  double second = 0;
  if (std::sscanf(timestamp.c_str(), "%4d-%2d-%2d%*1[T ]%2d:%2d:%9lf", &year, &month, &day, &hour,
                  &minute, &second) != 6) {
    return {};
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59) return {};
  if (!(second >= 0 && second < 61)) return {};
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return static_cast<double>(days) * 86400 + hour * 3600 + minute * 60 + second;
}

Reading read_document(const Value& message) {
  Reading reading;
  const auto timestamp = text(member(&message, "timestamp"));
  reading.time_s = seconds_of(timestamp);
  if (reading.time_s && timestamp.size() >= 19) reading.clock = timestamp.substr(11, 8);
  const auto* data = member(&message, "data");
  read_processor(member(data, "processor"), reading);
  read_memory(data, reading);
  read_mounts(data, reading);
  read_disks(member(data, "disks"), reading);
  read_network(member(data, "network"), reading);
  read_gpus(data, reading);
  read_load(data, reading);
  read_sensors(data, reading);
  read_processes(member(data, "processes"), reading);
  read_system(data, reading);
  read_alerts(message, reading);
  return reading;
}

}  // namespace oriel::monitor::tui

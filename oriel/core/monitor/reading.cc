#include "oriel/core/monitor/reading.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <string_view>

#include "oriel/core/monitor/limits.h"

namespace oriel::monitor {
namespace {

constexpr double kMebibyte = 1024.0 * 1024, kGibibyte = 1024 * kMebibyte;

struct Range {
  double least;
  double most;
};
constexpr Range kPercents{0, kReadingPercentMax};
constexpr Range kSizes{0, 1e21};
constexpr Range kCelsius{-100, 1000};
// 0 stands for unknown in frequencies and counts.
constexpr Range kCounts{1, 1e9};

const Value* member(const Value* of, std::string_view key) {
  return of == nullptr ? nullptr : of->find(key);
}

std::optional<double> figure(const Value* of, std::string_view key, Range range) {
  const auto* value = member(of, key);
  if (value == nullptr || !value->is_number()) return {};
  const double number = value->number_or(0);
  if (!(number >= range.least && number <= range.most)) return {};
  return number;
}

// The first of several names that is there.
std::optional<double> first_figure(const Value* of, std::initializer_list<std::string_view> keys,
                                   Range range) {
  for (const auto key : keys)
    if (const auto found = figure(of, key, range)) return found;
  return {};
}

std::string text(const Value* of, std::string_view key) {
  const auto* value = member(of, key);
  const auto* string = value == nullptr ? nullptr : value->string();
  if (string == nullptr || string->size() <= kReadingTextBytesMax) return string ? *string : "";
  auto end = kReadingTextBytesMax;
  const auto is_inside_character = [&] {
    return (static_cast<unsigned char>((*string)[end]) & 0xc0) == 0x80;
  };
  while (end > 0 && is_inside_character()) --end;
  return string->substr(0, end);
}

std::optional<double> bytes(const Value* of, std::string_view key, std::string_view key_in_unit,
                            double unit) {
  if (const auto found = figure(of, key, kSizes)) return found;
  const auto found = figure(of, key_in_unit, kSizes);
  if (!found) return {};
  return *found * unit;
}

void derive_percent(Reading::Space& space, std::optional<double> used) {
  if (space.percent || !used || space.total_bytes.value_or(0) <= 0) return;
  space.percent = std::clamp(*used / *space.total_bytes * 100, 0.0, 100.0);
}

Reading::Space memory_of(const Value* fields) {
  Reading::Space memory{
      .percent = first_figure(fields, {"percentage", "usage_percent"}, kPercents),
      .used_bytes = bytes(fields, "used", "used_gb", kGibibyte),
      .total_bytes = bytes(fields, "total", "total_gb", kGibibyte),
      .free_bytes = bytes(fields, "available", "available_gb", kGibibyte),
  };
  // The share is of what is not available; "used" of the real server is less, without caches.
  const auto total = figure(fields, "total", kSizes), free = figure(fields, "available", kSizes);
  if (total && free) memory.used_bytes = std::max(0.0, *total - *free);
  if (memory.total_bytes && memory.free_bytes)
    derive_percent(memory, *memory.total_bytes - *memory.free_bytes);
  derive_percent(memory, memory.used_bytes);
  return memory;
}

Reading::Space disk_of(const Value* fields) {
  Reading::Space disk{
      .percent = first_figure(fields, {"percentage", "usage_percent"}, kPercents),
      .used_bytes = bytes(fields, "used", "used_gb", kGibibyte),
      .total_bytes = bytes(fields, "total", "total_gb", kGibibyte),
      .free_bytes = bytes(fields, "free", "free_gb", kGibibyte),
  };
  derive_percent(disk, disk.used_bytes);
  return disk;
}

Reading::Processor processor_of(const Value* fields) {
  return {
      .percent = figure(fields, "usage_percent", kPercents),
      .cores = figure(fields, "core_count", kCounts),
      .logical = figure(fields, "logical_count", kCounts),
      .frequency_mhz = first_figure(fields, {"frequency_current", "frequency_mhz"}, kCounts),
      .temperature_celsius = figure(fields, "temperature", kCelsius),
  };
}

Reading::Gpu gpu_of(const Value* fields) {
  Reading::Gpu gpu{
      .name = text(fields, "name"),
      .percent = first_figure(fields, {"gpu_usage_percent", "usage_percent"}, kPercents),
      .memory = {.percent =
                     first_figure(fields, {"memory_percentage", "memory_percent"}, kPercents),
                 .used_bytes = bytes(fields, "memory_used", "memory_used_mb", kMebibyte),
                 .total_bytes = bytes(fields, "memory_total", "memory_total_mb", kMebibyte),
                 .free_bytes = {}},
      .temperature_celsius = figure(fields, "temperature", kCelsius),
  };
  derive_percent(gpu.memory, gpu.memory.used_bytes);
  return gpu;
}

// The library of the real server sends a GPU of this name where there is none.
bool is_there(const Reading::Gpu& gpu) { return gpu.name != "No GPU detected"; }

std::vector<Reading::Gpu> gpus_of(const Value* data) {
  std::vector<Reading::Gpu> gpus;
  const auto* list = member(data, "gpus");
  if (list != nullptr && list->array() != nullptr) {
    for (const auto& fields : *list->array()) {
      if (gpus.size() == kReadingListMax) break;
      if (fields.object() != nullptr) gpus.push_back(gpu_of(&fields));
    }
  }
  const auto* first = member(data, "gpu");
  if (gpus.empty() && first != nullptr && first->object() != nullptr) gpus.push_back(gpu_of(first));
  std::erase_if(gpus, [](const Reading::Gpu& gpu) { return !is_there(gpu); });
  return gpus;
}

std::vector<Reading::RaisedAlert> alerts_of(const Value& message) {
  std::vector<Reading::RaisedAlert> alerts;
  const auto* list = message.find("alerts");
  if (list == nullptr || list->array() == nullptr) return alerts;
  for (const auto& fields : *list->array()) {
    if (alerts.size() == kReadingListMax) break;
    if (fields.object() == nullptr) continue;
    const auto level = text(&fields, "level");
    const bool is_critical = level.starts_with('C') || level.starts_with('c');
    alerts.push_back({.level = is_critical ? AlertLevel::kCritical : AlertLevel::kWarning,
                      .component = text(&fields, "component"),
                      .message = text(&fields, "message"),
                      .value = figure(&fields, "value", {-1e15, 1e15})});
  }
  return alerts;
}

// "14:30:25" of "2026-11-20T14:30:25.123456".
std::string time_of(std::string_view timestamp) {
  constexpr std::size_t kDateBytes = 11, kTimeBytes = 8;
  if (timestamp.size() < kDateBytes + kTimeBytes) return {};
  const auto time = timestamp.substr(kDateBytes, kTimeBytes);
  for (std::size_t i = 0; i < kTimeBytes; ++i) {
    const bool is_colon = i == 2 || i == 5;
    const auto c = static_cast<unsigned char>(time[i]);
    if (is_colon ? c != ':' : std::isdigit(c) == 0) return {};
  }
  return std::string(time);
}

std::string joined(std::string first, const std::string& second) {
  if (!first.empty() && !second.empty()) first += ' ';
  return first + second;
}

}  // namespace

Reading read_message(const Value& message) {
  const auto* data = message.find("data");
  const auto* disk = member(data, "disk");
  const auto* system = member(data, "system");
  Reading reading;
  reading.time = time_of(text(&message, "timestamp"));
  const auto has = [&](std::string_view section) {
    const auto* fields = member(data, section);
    return fields != nullptr && fields->object() != nullptr;
  };
  reading.has_processor = has("processor");
  reading.has_memory = has("memory");
  reading.has_disk = has("disk");
  reading.processor = processor_of(member(data, "processor"));
  reading.memory = memory_of(member(data, "memory"));
  reading.disk = disk_of(disk);
  reading.mount_point = text(disk, "mount_point");
  if (reading.mount_point.empty()) reading.mount_point = text(disk, "path");
  reading.gpus = gpus_of(data);
  reading.hostname = text(system, "hostname");
  reading.system = joined(text(system, "os_name"), text(system, "os_release"));
  reading.architecture = text(system, "architecture");
  reading.alerts = alerts_of(message);
  return reading;
}

}  // namespace oriel::monitor

// Cards by the files that their kernel drivers give everybody (the kernel's gpu/amdgpu/
// driver-misc.rst and thermal.rst; for Intel, Documentation/ABI of i915 and xe).

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "oriel/core/monitor/text_scan.h"
#include "oriel/io/host/gpus.h"
#include "oriel/io/host/limits.h"

namespace oriel::host {
namespace {

// "card0", not "card0-DP-1" nor "renderD128".
bool is_card(std::string_view name) {
  if (!name.starts_with("card") || name.size() == 4) return false;
  return std::ranges::all_of(name.substr(4), [](char c) { return c >= '0' && c <= '9'; });
}

// The driver's name, which says more than the PCI identifiers.
std::string driver_of(HostFiles& files, const std::string& card) {
  auto text = files.read_once(card + "/device/uevent");
  while (text && !text->empty()) {
    const auto line = monitor::take_line(*text);
    if (line.starts_with("DRIVER=")) return std::string(line.substr(7));
  }
  return {};
}

std::string name_of(HostFiles& files, const std::string& card, std::string_view vendor) {
  auto product = files.read_line(card + "/device/product_name");
  if (!product.empty()) return product;
  return fmt::format("{} GPU {}", vendor, files.read_line(card + "/device/device"));
}

std::string hwmon_of(HostFiles& files, const std::string& card) {
  const auto chips = files.list(card + "/device/hwmon");
  return chips.empty() ? "" : card + "/device/hwmon/" + chips.front();
}

std::optional<double> scaled(std::optional<std::uint64_t> value, double scale) {
  if (!value) return {};
  return static_cast<double>(*value) / scale;
}

// The first of the files that is there.
std::optional<std::uint64_t> first_number(HostFiles& files, const std::string& folder,
                                          std::initializer_list<const char*> names) {
  for (const auto* name : names) {
    if (const auto value = files.read_number(folder + "/" + name)) return value;
  }
  return {};
}

}  // namespace

monitor::Gpu DrmGpus::read_amd(HostFiles& files, const std::string& card) {
  monitor::Gpu gpu;
  gpu.vendor = "amd";
  gpu.name = name_of(files, card, "AMD");
  gpu.driver_version = driver_of(files, card);
  const auto device = card + "/device";
  if (const auto busy = files.read_number(device + "/gpu_busy_percent")) {
    gpu.usage_percent = static_cast<double>(std::min<std::uint64_t>(*busy, 100));
  }
  gpu.memory_total = files.read_number(device + "/mem_info_vram_total");
  gpu.memory_used = files.read_number(device + "/mem_info_vram_used");
  const auto hwmon = hwmon_of(files, card);
  if (hwmon.empty()) return gpu;
  gpu.temperature_celsius = scaled(files.read_number(hwmon + "/temp1_input"), 1e3);
  gpu.power_watts = scaled(first_number(files, hwmon, {"power1_average", "power1_input"}), 1e6);
  gpu.power_limit_watts = scaled(files.read_number(hwmon + "/power1_cap"), 1e6);
  gpu.clock_mhz = scaled(files.read_number(hwmon + "/freq1_input"), 1e6);
  return gpu;
}

std::optional<double> DrmGpus::awake_percent(HostFiles& files, const std::string& card,
                                             TimePoint now) {
  const auto asleep = first_number(files, card,
                                   {"gt/gt0/rc6_residency_ms", "power/rc6_residency_ms",
                                    "device/tile0/gt0/gtidle/idle_residency_ms"});
  if (!asleep) return {};
  const auto before = awake_.find(card);
  std::optional<double> percent;
  if (before != awake_.end() && now > before->second.at && *asleep >= before->second.asleep_ms) {
    const double passed_ms =
        std::chrono::duration<double, std::milli>(now - before->second.at).count();
    const auto slept_ms = static_cast<double>(*asleep - before->second.asleep_ms);
    percent = std::clamp(100.0 * (1.0 - slept_ms / passed_ms), 0.0, 100.0);
  }
  awake_[card] = {*asleep, now};
  return percent;
}

monitor::Gpu DrmGpus::read_intel(HostFiles& files, const std::string& card, TimePoint now) {
  monitor::Gpu gpu;
  gpu.vendor = "intel";
  gpu.name = name_of(files, card, "Intel");
  gpu.driver_version = driver_of(files, card);
  gpu.usage_percent = awake_percent(files, card, now);
  gpu.clock_mhz = scaled(first_number(files, card,
                                      {"gt_act_freq_mhz", "gt/gt0/rps_act_freq_mhz",
                                       "device/tile0/gt0/freq0/act_freq"}),
                         1);
  const auto hwmon = hwmon_of(files, card);
  if (hwmon.empty()) return gpu;
  gpu.temperature_celsius = scaled(first_number(files, hwmon, {"temp1_input", "temp2_input"}), 1e3);
  gpu.power_limit_watts = scaled(files.read_number(hwmon + "/power1_max"), 1e6);
  return gpu;
}

std::vector<monitor::Gpu> DrmGpus::read(HostFiles& files, TimePoint now) {
  std::vector<monitor::Gpu> gpus;
  for (const auto& name : files.list("sys/class/drm")) {
    if (!is_card(name) || gpus.size() >= kGpusMax) continue;
    const auto card = "sys/class/drm/" + name;
    const auto vendor = files.read_line(card + "/device/vendor");
    if (vendor == "0x1002") gpus.push_back(read_amd(files, card));
    if (vendor == "0x8086") gpus.push_back(read_intel(files, card, now));
  }
  return gpus;
}

}  // namespace oriel::host

#include "oriel/io/host/sensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "oriel/core/monitor/text_scan.h"
#include "oriel/io/host/limits.h"

namespace oriel::host {
namespace {

using monitor::parse_i64;
using monitor::trimmed;

// Below absolute zero, and above what silicon survives, chips say nonsense.
bool is_plausible(double celsius) { return celsius > -100 && celsius < 200; }

std::optional<double> parse_millidegrees(std::string_view text) {
  const auto value = parse_i64(trimmed(text));
  if (!value) return {};
  const double celsius = static_cast<double>(*value) / 1000;
  if (!is_plausible(celsius)) return {};
  return celsius;
}

std::optional<double> read_millidegrees(HostFiles& files, const std::string& path) {
  const auto text = files.read_once(path);
  return text ? parse_millidegrees(*text) : std::nullopt;
}

bool is_processor_chip(std::string_view chip) {
  static constexpr std::array<std::string_view, 8> kChips{
      "coretemp",    "k10temp",     "k8temp",      "zenpower",
      "cpu_thermal", "cpu-thermal", "soc_thermal", "x86_pkg_temp"};
  return std::ranges::find(kChips, chip) != kChips.end() || chip.starts_with("cpu");
}

std::optional<double> micro(HostFiles& files, const std::string& path) {
  const auto text = files.read_once(path);
  const auto value = text ? parse_i64(trimmed(*text)) : std::nullopt;
  if (!value) return {};
  return static_cast<double>(*value) / 1e6;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Energy in Wh, or charge in Ah with its current: what is left over what flows, in hours.
void set_power(HostFiles& files, const std::string& folder, monitor::Battery& battery) {
  const auto voltage = micro(files, folder + "/voltage_now");
  const auto current = micro(files, folder + "/current_now");
  auto power = micro(files, folder + "/power_now");
  if (!power && voltage && current) power = *voltage * *current;
  // Some drivers say negative values while it discharges.
  if (power) battery.power_watts = std::abs(*power);
  auto flow = battery.power_watts;
  auto now = micro(files, folder + "/energy_now"), full = micro(files, folder + "/energy_full");
  if (!now) {
    now = micro(files, folder + "/charge_now");
    full = micro(files, folder + "/charge_full");
    flow = current ? std::optional(std::abs(*current)) : std::nullopt;
  }
  if (!now || !flow || *flow < 0.001) return;
  if (battery.status == "discharging") battery.seconds_left = *now / *flow * 3600;
  if (battery.status == "charging" && full && *full > *now) {
    battery.seconds_left = (*full - *now) / *flow * 3600;
  }
}

}  // namespace

void Sensors::add(Input input) {
  if (inputs_.size() >= kSensorsMax) return;
  const auto plain = input.sensor.name;
  for (int copy = 2; std::ranges::any_of(
           inputs_, [&](const Input& other) { return other.sensor.name == input.sensor.name; });
       ++copy) {
    input.sensor.name = fmt::format("{} #{}", plain, copy);
  }
  inputs_.push_back(std::move(input));
}

void Sensors::list_hwmon(HostFiles& files) {
  for (const auto& entry : files.list("sys/class/hwmon")) {
    const auto folder = "sys/class/hwmon/" + entry;
    auto chip = files.read_line(folder + "/name");
    if (chip.empty()) chip = entry;
    for (const auto& name : files.list(folder)) {
      if (!name.starts_with("temp") || !name.ends_with("_input")) continue;
      const auto stem = name.substr(0, name.size() - 6);
      auto label = files.read_line(folder + "/" + stem + "_label");
      if (label.empty()) label = stem;
      Input input;
      input.file = KeptFile(folder + "/" + name);
      input.sensor.name = chip + "/" + label;
      input.sensor.high_celsius = read_millidegrees(files, folder + "/" + stem + "_max");
      input.sensor.critical_celsius = read_millidegrees(files, folder + "/" + stem + "_crit");
      input.is_processor = is_processor_chip(chip);
      add(std::move(input));
    }
  }
}

void Sensors::list_thermal_zones(HostFiles& files) {
  for (const auto& entry : files.list("sys/class/thermal")) {
    if (!entry.starts_with("thermal_zone")) continue;
    const auto folder = "sys/class/thermal/" + entry;
    auto type = files.read_line(folder + "/type");
    if (type.empty()) type = entry;
    Input input;
    input.file = KeptFile(folder + "/temp");
    input.sensor.name = "thermal/" + type;
    input.is_processor = is_processor_chip(type);
    add(std::move(input));
  }
}

void Sensors::list(HostFiles& files) {
  inputs_.clear();
  list_hwmon(files);
  if (inputs_.empty()) list_thermal_zones(files);
}

const std::vector<monitor::Sensor>& Sensors::read(HostFiles& files, TimePoint now) {
  if (!read_due_.is_due(now, kSensorsEvery)) return sensors_;
  // Chips hardly ever come and go.
  if (list_due_.is_due(now, kListEvery * 12)) list(files);
  sensors_.clear();
  processor_celsius_.reset();
  for (auto& input : inputs_) {
    const auto text = files.read(input.file, now);
    const auto celsius = text ? parse_millidegrees(*text) : std::nullopt;
    if (!celsius) continue;
    auto sensor = input.sensor;
    sensor.temperature_celsius = *celsius;
    if (input.is_processor)
      processor_celsius_ = std::max(processor_celsius_.value_or(-273), *celsius);
    sensors_.push_back(std::move(sensor));
  }
  return sensors_;
}

std::optional<double> Sensors::processor_celsius() const { return processor_celsius_; }

std::vector<monitor::Battery> read_batteries(HostFiles& files) {
  std::vector<monitor::Battery> batteries;
  for (const auto& entry : files.list("sys/class/power_supply")) {
    const auto folder = "sys/class/power_supply/" + entry;
    if (files.read_line(folder + "/type") != "Battery") continue;
    if (files.read_line(folder + "/scope") == "Device") continue;
    const auto percent = files.read_number(folder + "/capacity");
    if (!percent || batteries.size() >= kBatteriesMax) continue;
    monitor::Battery battery;
    battery.name = entry;
    battery.percent = static_cast<double>(std::min<std::uint64_t>(*percent, 100));
    battery.status = lower(files.read_line(folder + "/status"));
    if (battery.status.empty()) battery.status = "unknown";
    set_power(files, folder, battery);
    batteries.push_back(std::move(battery));
  }
  return batteries;
}

}  // namespace oriel::host

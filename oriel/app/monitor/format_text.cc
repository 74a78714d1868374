#include "oriel/app/monitor/format_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "oriel/app/observe/escape.h"
#include "oriel/core/monitor/limits.h"

namespace oriel::monitor {
namespace {

struct Unit {
  std::string_view name;
  double bytes;
};
constexpr Unit kMegabyte{"MB", 1048576.0}, kGigabyte{"GB", 1073741824.0},
    kTerabyte{"TB", 1099511627776.0};

// Disks are sold by the gigabyte, so terabytes start at ten.
Unit unit_for(double bytes) {
  if (bytes >= 10 * kTerabyte.bytes) return kTerabyte;
  return bytes >= kGigabyte.bytes ? kGigabyte : kMegabyte;
}

// "8.2", "500".
std::string tenth(double value) {
  auto text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

}  // namespace

AlertLevel usage_level(double percent) {
  if (percent >= kCriticalPercent) return AlertLevel::kCritical;
  return percent >= kWarningPercent ? AlertLevel::kWarning : AlertLevel::kNone;
}

std::string_view usage_word(double percent) {
  switch (usage_level(percent)) {
    case AlertLevel::kCritical:
      return "Critical";
    case AlertLevel::kWarning:
      return "Warning";
    case AlertLevel::kNone:
      break;
  }
  return "Normal";
}

std::string Paint::level(AlertLevel level, std::string_view text) const {
  if (!has_color_) return std::string(text);
  const int color = level == AlertLevel::kCritical ? 91 : level == AlertLevel::kWarning ? 93 : 92;
  return fmt::format("\x1b[{}m{}\x1b[0m", color, text);
}

std::string Paint::usage(std::optional<double> percent, std::string_view text) const {
  return percent ? level(usage_level(*percent), text) : std::string(text);
}

std::string percent_text(std::optional<double> percent) {
  return percent ? fmt::format("{:4.1f}%", *percent) : "  n/a";
}

std::string whole_percent_text(std::optional<double> percent) {
  return percent ? fmt::format("{:2}%", std::lround(*percent)) : "n/a";
}

std::string bar(std::optional<double> percent) {
  const auto share = std::clamp(percent.value_or(0) / 100, 0.0, 1.0);
  const auto full = std::lround(share * kBarCells);
  std::string cells;
  for (int i = 0; i < kBarCells; ++i) cells += i < full ? "█" : "▒";
  return cells;
}

std::string sizes_text(const Reading::Space& space) {
  if (!space.used_bytes || !space.total_bytes) return {};
  const auto unit = unit_for(*space.total_bytes);
  return fmt::format("{}/{} {}", tenth(*space.used_bytes / unit.bytes),
                     tenth(*space.total_bytes / unit.bytes), unit.name);
}

std::string short_sizes_text(const Reading::Space& space) {
  if (!space.used_bytes || !space.total_bytes) return {};
  const auto unit = unit_for(*space.total_bytes);
  return fmt::format("{:.1f}/{}{}", *space.used_bytes / unit.bytes,
                     std::llround(*space.total_bytes / unit.bytes), unit.name[0]);
}

std::string size_text(double bytes) {
  const auto unit = unit_for(bytes);
  return fmt::format("{} {}", tenth(bytes / unit.bytes), unit.name);
}

std::string traffic_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits{"B", "KB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string duration_text(std::chrono::seconds duration) {
  const auto seconds = std::max<std::int64_t>(duration.count(), 0);
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m {:02}s", seconds / 60, seconds % 60);
  return fmt::format("{}h {:02}m {:02}s", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string harmless(std::string_view text) {
  return observe::text_line(text.substr(0, kReadingTextBytesMax));
}

}  // namespace oriel::monitor

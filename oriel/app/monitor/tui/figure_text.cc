#include "oriel/app/monitor/tui/figure_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace oriel::monitor::tui {

std::string size_text(double bytes) {
  constexpr char kUnits[] = {'B', 'K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'};
  std::size_t unit = 0;
  // 999.5 would be rounded to four digits.
  while (bytes >= 999.5 && unit + 1 < std::size(kUnits)) {
    bytes /= 1024;
    ++unit;
  }
  const bool has_decimal = unit > 0 && bytes < 9.95;
  return has_decimal ? fmt::format("{:.1f}{}", bytes, kUnits[unit])
                     : fmt::format("{:.0f}{}", bytes, kUnits[unit]);
}

std::string rate_text(const std::optional<double>& bytes_per_s) {
  return bytes_per_s ? size_text(*bytes_per_s) + "/s" : "-";
}

std::string percent_text(const std::optional<double>& percent) {
  return percent ? fmt::format("{:.0f}%", std::min(*percent, 1e9)) : "-";
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::clamp(seconds, 0.0, 1e12));
  const auto days = whole / 86400, hours = whole / 3600 % 24, minutes = whole / 60 % 60;
  if (days > 0) return fmt::format("{}d {}h", days, hours);
  if (hours > 0) return fmt::format("{}h {}m", hours, minutes);
  if (minutes > 0) return fmt::format("{}m {}s", minutes, whole % 60);
  return fmt::format("{}s", whole);
}

double scale_for(double value, double least) {
  const double wanted = std::max(value, least);
  double unit = 1;
  while (unit * 512 < wanted && unit < 1e24) unit *= 1024;
  for (const double step : {1, 2, 5, 10, 20, 50, 100, 200}) {
    if (step * unit >= wanted) return step * unit;
  }
  return 512 * unit;
}

}  // namespace oriel::monitor::tui

#include "oriel/core/monitor/load_texts.h"

#include "oriel/core/monitor/text_scan.h"

namespace oriel::monitor {
namespace {

// avg10=0.00 avg60=0.00 avg300=0.00 total=0
std::optional<Stall> parse_stall(std::string_view fields) {
  Stall stall;
  int found = 0;
  for (auto word = take_word(fields); !word.empty(); word = take_word(fields)) {
    const auto equals = word.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = word.substr(0, equals);
    const auto value = word.substr(equals + 1);
    if (name == "total") {
      const auto total = parse_u64(value);
      if (!total) return {};
      stall.total_us = *total;
      ++found;
      continue;
    }
    double* average = name == "avg10"    ? &stall.average_10s
                      : name == "avg60"  ? &stall.average_60s
                      : name == "avg300" ? &stall.average_300s
                                         : nullptr;
    if (average == nullptr) continue;
    const auto share = parse_decimal(value);
    if (!share || *share < 0 || *share > 100) return {};
    *average = *share;
    ++found;
  }
  if (found != 4) return {};
  return stall;
}

}  // namespace

std::optional<Load> parse_loadavg(std::string_view text) {
  const auto one = parse_decimal(take_word(text));
  const auto five = parse_decimal(take_word(text));
  const auto fifteen = parse_decimal(take_word(text));
  if (!one || !five || !fifteen || *one < 0 || *five < 0 || *fifteen < 0) return {};
  Load load{*one, *five, *fifteen, {}, {}};
  const auto tasks = take_word(text);  // running/all
  if (const auto slash = tasks.find('/'); slash != std::string_view::npos) {
    load.running = parse_u64(tasks.substr(0, slash));
    load.tasks = parse_u64(tasks.substr(slash + 1));
  }
  return load;
}

std::optional<double> parse_uptime(std::string_view text) {
  const auto seconds = parse_decimal(take_word(text));
  if (!seconds || *seconds < 0) return {};
  return seconds;
}

std::optional<ResourcePressure> parse_pressure(std::string_view text) {
  ResourcePressure pressure;
  while (!text.empty()) {
    auto line = take_line(text);
    const auto kind = take_word(line);
    if (kind == "some") pressure.some = parse_stall(line);
    if (kind == "full") pressure.full = parse_stall(line);
  }
  if (!pressure.some && !pressure.full) return {};
  return pressure;
}

}  // namespace oriel::monitor

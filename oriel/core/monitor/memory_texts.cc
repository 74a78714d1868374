#include "oriel/core/monitor/memory_texts.h"

#include <algorithm>
#include <array>
#include <limits>

#include "oriel/core/monitor/text_scan.h"

namespace oriel::monitor {
namespace {

struct Fields {
  std::optional<std::uint64_t> total, free, available, buffers, cached, shared, reclaimable,
      swap_total, swap_free;
};

struct Row {
  std::string_view name;
  std::optional<std::uint64_t> Fields::* field;
};

// In the order of the file.
constexpr std::array kRows{
    Row{"MemTotal", &Fields::total},          Row{"MemFree", &Fields::free},
    Row{"MemAvailable", &Fields::available},  Row{"Buffers", &Fields::buffers},
    Row{"Cached", &Fields::cached},           Row{"SwapTotal", &Fields::swap_total},
    Row{"SwapFree", &Fields::swap_free},      Row{"Shmem", &Fields::shared},
    Row{"SReclaimable", &Fields::reclaimable}};

// "   24684084 kB" in bytes. Values without a unit are counts, which are not asked for.
std::optional<std::uint64_t> parse_kilobytes(std::string_view text) {
  const auto value = take_u64(text);
  if (!value || *value > (std::numeric_limits<std::uint64_t>::max() >> 12)) return {};
  return *value * 1024;
}

Fields parse_fields(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const auto line = take_line(text);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto row = std::ranges::find(kRows, line.substr(0, colon), &Row::name);
    if (row != kRows.end()) fields.*(row->field) = parse_kilobytes(line.substr(colon + 1));
  }
  return fields;
}

std::optional<Memory> memory_of(const Fields& fields) {
  if (!fields.total || !fields.free || *fields.total == 0) return {};
  Memory memory;
  memory.total = *fields.total;
  memory.free = std::min(*fields.free, memory.total);
  memory.buffers = fields.buffers;
  if (fields.cached) memory.cached = *fields.cached + fields.reclaimable.value_or(0);
  memory.shared = fields.shared;
  const auto reclaimable = fields.buffers.value_or(0) + memory.cached.value_or(0);
  const auto not_used = *memory.free + reclaimable;
  // Overlapping counters can exceed the total; then only what is free counts, as in free(1).
  memory.used = memory.total - (not_used <= memory.total ? not_used : *memory.free);
  const auto shared = std::min(fields.shared.value_or(0), reclaimable);
  const auto estimate = *memory.free + reclaimable - shared;
  memory.available = std::min(fields.available.value_or(estimate), memory.total);
  memory.usage_percent = percent_of(memory.total - memory.available, memory.total);
  return memory;
}

std::optional<Swap> swap_of(const Fields& fields) {
  if (!fields.swap_total) return {};
  Swap swap;
  swap.total = *fields.swap_total;
  swap.free = std::min(fields.swap_free.value_or(0), swap.total);
  swap.used = swap.total - swap.free;
  swap.usage_percent = percent_of(swap.used, swap.total);
  return swap;
}

}  // namespace

double percent_of(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return 0;
  return std::min(100.0, 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

MemInfo parse_meminfo(std::string_view text) {
  const auto fields = parse_fields(text);
  return {memory_of(fields), swap_of(fields)};
}

}  // namespace oriel::monitor

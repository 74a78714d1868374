#include "oriel/core/monitor/processor_texts.h"

#include <algorithm>
#include <utility>

#include "oriel/core/monitor/limits.h"
#include "oriel/core/monitor/text_scan.h"

namespace oriel::monitor {
namespace {

// cpu user nice system idle iowait irq softirq steal guest guest_nice, the last ones since 2.6.x.
std::optional<CpuTimes> parse_times(std::string_view fields) {
  CpuTimes times;
  int given = 0;
  for (auto* field : {&times.user, &times.nice, &times.system, &times.idle, &times.iowait,
                      &times.irq, &times.softirq, &times.steal}) {
    const auto word = take_word(fields);
    if (word.empty()) break;
    const auto value = parse_u64(word);
    if (!value) return {};
    *field = *value;
    ++given;
  }
  if (given < 4) return {};
  return times;
}

void take_cpu_line(std::string_view name, std::string_view fields, ProcStat& stat) {
  const auto times = parse_times(fields);
  if (!times) return;
  if (name == "cpu") {
    stat.all = times;
    return;
  }
  const auto number = parse_u64(name.substr(3));
  if (!number || *number >= kCoresMax || stat.cores.size() >= kCoresMax) return;
  const int core = static_cast<int>(*number);
  if (!stat.cores.empty() && stat.cores.back().number >= core) return;
  stat.cores.push_back({core, *times});
}

std::uint64_t moved(std::uint64_t before, std::uint64_t now) {
  return now > before ? now - before : 0;
}

}  // namespace

ProcStat parse_proc_stat(std::string_view text) {
  ProcStat stat;
  while (!text.empty()) {
    auto line = take_line(text);
    if (line.starts_with("cpu")) {
      const auto name = take_word(line);
      take_cpu_line(name, line, stat);
    } else if (line.starts_with("btime ")) {
      line.remove_prefix(6);
      stat.boot_time_s = parse_i64(trimmed(line));
    } else if (line.starts_with("procs_blocked ")) {
      line.remove_prefix(14);
      stat.blocked = parse_u64(trimmed(line));
    }
  }
  return stat;
}

std::optional<CpuShares> cpu_shares(const CpuTimes& before, const CpuTimes& now) {
  // As doubles: ticks that a broken text gives may not overflow their sum.
  const auto delta = [&](std::uint64_t CpuTimes::* field) {
    return static_cast<double>(moved(before.*field, now.*field));
  };
  const double user = delta(&CpuTimes::user) + delta(&CpuTimes::nice);
  const double system =
      delta(&CpuTimes::system) + delta(&CpuTimes::irq) + delta(&CpuTimes::softirq);
  const double steal = delta(&CpuTimes::steal);
  const double iowait = delta(&CpuTimes::iowait);
  const double total = user + system + steal + iowait + delta(&CpuTimes::idle);
  if (total <= 0) return {};
  const double scale = 100.0 / total;
  return CpuShares{(user + system + steal) * scale, user * scale, system * scale, iowait * scale,
                   steal * scale};
}

std::vector<CoreUse> core_uses(const std::vector<CoreTimes>& before,
                               const std::vector<CoreTimes>& now) {
  std::vector<CoreUse> uses;
  uses.reserve(now.size());
  auto earlier = before.begin();
  for (const auto& core : now) {
    while (earlier != before.end() && earlier->number < core.number) ++earlier;
    if (earlier == before.end()) break;
    if (earlier->number != core.number) continue;
    if (const auto shares = cpu_shares(earlier->times, core.times)) {
      uses.push_back({core.number, shares->usage_percent});
    }
  }
  return uses;
}

CpuInfo parse_cpuinfo(std::string_view text) {
  CpuInfo info;
  double frequencies = 0;
  std::size_t frequency_count = 0;
  std::uint64_t package = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> cores;
  while (!text.empty()) {
    const auto line = take_line(text);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = trimmed(line.substr(0, colon));
    const auto value = trimmed(line.substr(colon + 1));
    // "Hardware" and "Processor" are what 32-bit ARM tells; POWER says "cpu".
    if (info.model.empty() && (name == "model name" || name == "Hardware" || name == "cpu")) {
      info.model = value.substr(0, kNameBytesMax);
    } else if (name == "cpu MHz" || name == "clock") {
      const auto mhz = parse_decimal(value.substr(0, value.find("MHz")));
      if (mhz && *mhz > 0 && frequency_count < kCoresMax) {
        frequencies += *mhz;
        ++frequency_count;
      }
    } else if (name == "physical id") {
      package = parse_u64(value).value_or(0);
    } else if (name == "core id" && cores.size() < kCoresMax) {
      if (const auto core = parse_u64(value)) cores.emplace_back(package, *core);
    }
  }
  if (frequency_count > 0) info.frequency_mhz = frequencies / static_cast<double>(frequency_count);
  std::ranges::sort(cores);
  const auto repeated = std::ranges::unique(cores);
  cores.erase(repeated.begin(), repeated.end());
  if (!cores.empty()) info.physical_cores = static_cast<int>(cores.size());
  return info;
}

}  // namespace oriel::monitor

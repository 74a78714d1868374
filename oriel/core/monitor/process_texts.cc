#include "oriel/core/monitor/process_texts.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "oriel/core/monitor/counters.h"
#include "oriel/core/monitor/limits.h"
#include "oriel/core/monitor/text_scan.h"

namespace oriel::monitor {
namespace {

constexpr std::size_t kAncestorsMax = 64;                  // followed to who still runs
constexpr std::uint64_t kPidMax = std::uint64_t{1} << 22;  // PID_MAX_LIMIT of 64-bit kernels

// The figure that orders; nothing leaves the process out.
std::optional<double> figure_of(const ProcessUse& process, ProcessOrder order) {
  switch (order) {
    case ProcessOrder::kCpu:
      return process.cpu_percent;
    case ProcessOrder::kMemory:
      return static_cast<double>(process.memory_bytes);
    case ProcessOrder::kIo:
      return process.io_bytes_per_s;
  }
  return {};
}

// As they are kept: sorted by pid. nullptr when it is not there.
const ProcessCounters* find_process(std::span<const ProcessCounters> all, int pid) {
  const auto found = std::ranges::lower_bound(all, pid, {}, &ProcessCounters::pid);
  return found != all.end() && found->pid == pid ? &*found : nullptr;
}

bool still_runs(std::span<const ProcessCounters> now, const ProcessCounters& process) {
  const auto* same = find_process(now, process.pid);
  return same != nullptr && same->start_ticks == process.start_ticks;
}

// By pid: what processes took over from those below them that ended. Linux adds all that a process
// read and wrote to its parent when that waits for it (wait_task_zombie() of the kernel's exit.c).
std::map<int, std::uint64_t> inherited_io(std::span<const ProcessCounters> before,
                                          std::span<const ProcessCounters> now) {
  std::map<int, std::uint64_t> inherited;
  for (const auto& ended : before) {
    if (!ended.io_bytes || still_runs(now, ended)) continue;
    // A parent that ended too has handed it on.
    auto heir = ended.parent;
    for (std::size_t i = 0; i < kAncestorsMax; ++i) {
      const auto* parent = find_process(before, heir);
      if (parent == nullptr || still_runs(now, *parent)) break;
      heir = parent->parent;
    }
    auto& sum = inherited[heir];
    sum += std::min(*ended.io_bytes, std::numeric_limits<std::uint64_t>::max() - sum);
  }
  return inherited;
}

// Without what it inherited, of which at most the part that moved is left out.
std::uint64_t own_io(std::uint64_t before, std::uint64_t now, std::uint64_t inherited) {
  return now < before ? now : now - std::min(inherited, now - before);
}

}  // namespace

// pid (name) state ppid … with the name's brackets and blanks as they are: the last ")" ends it.
std::optional<ProcessCounters> parse_process_stat(std::string_view text) {
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
  const auto pid = parse_u64(trimmed(text.substr(0, open)));
  if (!pid || *pid == 0 || *pid > kPidMax) return {};
  ProcessCounters process;
  process.pid = static_cast<int>(*pid);
  process.name = text.substr(open + 1, std::min(close - open - 1, kNameBytesMax));
  text.remove_prefix(close + 1);
  const auto state = take_word(text);
  if (state.size() != 1) return {};
  process.state = state[0];
  // Fields 4 (parent) to 24 (resident set) of proc_pid_stat(5); some of them are signed.
  std::array<std::string_view, 21> fields;
  for (auto& field : fields) field = take_word(text);
  const auto field = [&](std::size_t number) { return parse_u64(fields[number - 4]); };
  const auto parent = field(4), user = field(14), system = field(15), threads = field(20),
             start = field(22), resident = field(24);
  if (!parent || *parent > kPidMax || !user || !system || !threads || !start) return {};
  if (*user > (std::uint64_t{1} << 62) || *system > (std::uint64_t{1} << 62)) return {};
  process.parent = static_cast<int>(*parent);
  process.threads = static_cast<int>(std::min(*threads, kPidMax));
  process.cpu_ticks = *user + *system;
  process.start_ticks = *start;
  process.resident_pages = resident.value_or(0);
  return process;
}

std::optional<std::uint64_t> parse_process_io(std::string_view text) {
  std::optional<std::uint64_t> read, written;
  std::uint64_t cancelled = 0;
  while (!text.empty()) {
    const auto line = take_line(text);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = line.substr(0, colon);
    const auto value = parse_u64(trimmed(line.substr(colon + 1)));
    if (name == "read_bytes") read = value;
    if (name == "write_bytes") written = value;
    if (name == "cancelled_write_bytes") cancelled = value.value_or(0);
  }
  if (!read || !written) return {};
  const auto kept = *written - std::min(cancelled, *written);
  if (*read > std::numeric_limits<std::uint64_t>::max() - kept) return {};
  return *read + kept;
}

std::vector<ProcessUse> process_uses(std::span<const ProcessCounters> before,
                                     std::span<const ProcessCounters> now, double seconds,
                                     TickLength length) {
  std::vector<ProcessUse> uses;
  uses.reserve(now.size());
  const auto inherited = inherited_io(before, now);
  auto earlier = before.begin();
  for (const auto& process : now) {
    ProcessUse use;
    use.pid = process.pid;
    use.parent = process.parent;
    use.name = process.name;
    use.state = process.state;
    use.threads = process.threads;
    const auto pages_max = std::numeric_limits<std::uint64_t>::max() / length.page_bytes;
    use.memory_bytes = std::min(process.resident_pages, pages_max) * length.page_bytes;
    while (earlier != before.end() && earlier->pid < process.pid) ++earlier;
    const bool is_same = earlier != before.end() && earlier->pid == process.pid &&
                         earlier->start_ticks == process.start_ticks;
    if (is_same) {
      const auto ticks =
          counter_rate(earlier->cpu_ticks, process.cpu_ticks, seconds, CounterWidth::k64);
      if (ticks) use.cpu_percent = 100.0 * *ticks / length.ticks_per_s;
      if (earlier->io_bytes && process.io_bytes) {
        const auto heir = inherited.find(process.pid);
        const auto io = own_io(*earlier->io_bytes, *process.io_bytes,
                               heir == inherited.end() ? 0 : heir->second);
        use.io_bytes_per_s = counter_rate(*earlier->io_bytes, io, seconds, CounterWidth::k64);
      }
    }
    uses.push_back(std::move(use));
  }
  return uses;
}

std::vector<ProcessUse> top_processes(std::span<const ProcessUse> all, ProcessOrder order,
                                      std::size_t count) {
  std::vector<const ProcessUse*> ranked;
  ranked.reserve(all.size());
  for (const auto& process : all) {
    if (figure_of(process, order)) ranked.push_back(&process);
  }
  count = std::min({count, ranked.size(), kTopProcessesMax});
  const auto middle = ranked.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::partial_sort(ranked, middle, [&](const ProcessUse* a, const ProcessUse* b) {
    const auto left = *figure_of(*a, order), right = *figure_of(*b, order);
    return left != right ? left > right : a->pid < b->pid;
  });
  std::vector<ProcessUse> top;
  top.reserve(count);
  for (auto it = ranked.begin(); it != middle; ++it) top.push_back(**it);
  return top;
}

}  // namespace oriel::monitor

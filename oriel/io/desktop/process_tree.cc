#include "oriel/io/desktop/process_tree.h"

#include <dirent.h>
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "oriel/io/desktop/small_file.h"

namespace oriel::desktop {
namespace {

constexpr std::size_t kStatBytes = 512;

// Reads a decimal number off the front of `text`.
std::optional<pid_t> take_number(std::string_view& text) {
  pid_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

std::optional<ProcessStatus> parse_process_status(std::string_view stat) {
  const auto pid = take_number(stat);
  // The name may hold anything, parentheses and newlines too; nothing after it does.
  const std::size_t name_end = stat.rfind(')');
  if (!pid || name_end == std::string_view::npos) return std::nullopt;
  stat.remove_prefix(name_end + 1);
  if (stat.size() < 4 || stat[0] != ' ' || stat[2] != ' ') return std::nullopt;
  const char state = stat[1];
  stat.remove_prefix(3);
  const auto parent = take_number(stat);
  // Without what follows the number may have been cut off. 0 and negative numbers would be groups
  // of processes for kill(); only a parent may be 0, in another namespace.
  if (!parent || stat.empty() || *pid <= 0 || *parent < 0) return std::nullopt;
  return ProcessStatus{*pid, *parent, state};
}

std::vector<pid_t> descendants_of(pid_t root, const std::vector<ProcessStatus>& processes) {
  std::multimap<pid_t, const ProcessStatus*> children;
  for (const auto& process : processes) children.emplace(process.parent, &process);
  std::vector<pid_t> found;
  std::vector<pid_t> open{root};
  // Each process has one parent, so nothing comes twice, but for one that lists itself.
  while (!open.empty()) {
    const pid_t parent = open.back();
    open.pop_back();
    const auto [first, last] = children.equal_range(parent);
    for (auto child = first; child != last; ++child) {
      const ProcessStatus& process = *child->second;
      if (process.pid == parent || process.pid == root) continue;
      open.push_back(process.pid);
      if (process.state != 'Z') found.push_back(process.pid);
    }
    children.erase(first, last);
  }
  std::ranges::sort(found);
  return found;
}

std::vector<ProcessStatus> list_processes() {
  std::vector<ProcessStatus> processes;
  DIR* folder = opendir("/proc");
  if (folder == nullptr) return processes;
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    const auto stat = read_small_file(fmt::format("/proc/{}/stat", entry->d_name), kStatBytes);
    if (!stat) continue;  // it has ended meanwhile
    if (const auto process = parse_process_status(*stat)) processes.push_back(*process);
  }
  closedir(folder);
  return processes;
}

}  // namespace oriel::desktop

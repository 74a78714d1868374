#include "oriel/core/monitor/history.h"

#include <utility>

namespace oriel::monitor {

std::size_t snapshot_bytes(const Snapshot& snapshot) {
  // Strings beyond the short form are mostly mount points and names.
  constexpr std::size_t kText = 32;
  const auto of = [](const auto& list) {
    using Item = typename std::remove_cvref_t<decltype(list)>::value_type;
    return list.size() * (sizeof(Item) + kText);
  };
  std::size_t bytes = sizeof(Snapshot) + of(snapshot.mounts) + of(snapshot.disks) +
                      of(snapshot.interfaces) + of(snapshot.gpus) + of(snapshot.batteries) +
                      of(snapshot.sensors);
  if (snapshot.processor) bytes += snapshot.processor->cores.size() * sizeof(CoreUse);
  if (snapshot.processes) {
    const auto& processes = *snapshot.processes;
    bytes += of(processes.by_cpu) + of(processes.by_memory) + of(processes.by_io);
  }
  return bytes;
}

void History::add(SharedSnapshot snapshot) {
  const auto bytes = snapshot_bytes(*snapshot);
  if (bytes > bytes_max_ || samples_max_ == 0) return;
  while (!entries_.empty() && (entries_.size() >= samples_max_ || bytes_ + bytes > bytes_max_)) {
    bytes_ -= entries_.front().bytes;
    entries_.pop_front();
  }
  entries_.push_back({std::move(snapshot), bytes});
  bytes_ += bytes;
}

std::vector<SharedSnapshot> History::since(std::optional<std::int64_t> since_us) const {
  std::vector<SharedSnapshot> found;
  for (const auto& entry : entries_) {
    if (!since_us || entry.snapshot->time.microseconds > *since_us) {
      found.push_back(entry.snapshot);
    }
  }
  return found;
}

void History::clear() {
  entries_.clear();
  bytes_ = 0;
}

}  // namespace oriel::monitor

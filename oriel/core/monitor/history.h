#pragma once
// The last samples, so that a graph is never empty when somebody connects. One owner, no lock.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "oriel/core/monitor/limits.h"
#include "oriel/core/monitor/snapshot.h"

namespace oriel::monitor {

class History {
 public:
  explicit History(std::size_t samples_max = kHistorySamplesMax,
                   std::size_t bytes_max = kHistoryBytesMax)
      : samples_max_(samples_max), bytes_max_(bytes_max) {}

  // Drops the oldest beyond either limit; one that is alone too large is not kept.
  void add(SharedSnapshot snapshot);

  // In the order of sampling: those that are later than `since_us` by the wall clock, all without
  // it. When the clock was set back, samples from before that may be among them: no time is lost.
  std::vector<SharedSnapshot> since(std::optional<std::int64_t> since_us) const;

  std::size_t size() const { return entries_.size(); }
  std::size_t bytes() const { return bytes_; }
  void clear();

 private:
  struct Entry {
    SharedSnapshot snapshot;
    std::size_t bytes;
  };

  std::size_t samples_max_;
  std::size_t bytes_max_;
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
};

// About what a snapshot takes in memory.
std::size_t snapshot_bytes(const Snapshot& snapshot);

}  // namespace oriel::monitor

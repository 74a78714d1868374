#pragma once
// The last texts of a clipboard. Pure.

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "oriel/base/time.h"
#include "oriel/core/clipboard/limits.h"

namespace oriel::clipboard {

// One thread owns it. Takes at most `max_entries` times the largest text that is added.
class ClipboardHistory {
 public:
  struct Entry {
    std::string text;
    TimePoint time{};

    friend bool operator==(const Entry&, const Entry&) = default;
  };
  struct Stats {
    std::size_t entries = 0;
    std::size_t max_entries = 0;
    std::size_t total_bytes = 0;
    std::size_t average_bytes = 0;

    friend bool operator==(const Stats&, const Stats&) = default;
  };

  explicit ClipboardHistory(std::size_t max_entries = kDefaultHistoryEntries)
      : max_entries_(max_entries) {}

  // The oldest goes when it is full.
  void add(std::string text, TimePoint time);
  // The newest first.
  std::vector<Entry> recent(std::size_t count = 10) const;
  void clear();
  Stats stats() const;

 private:
  std::size_t max_entries_;
  std::deque<Entry> entries_;  // the newest first
  std::size_t total_bytes_ = 0;
};

}  // namespace oriel::clipboard

#include "oriel/core/clipboard/history.h"

#include <algorithm>
#include <utility>

namespace oriel::clipboard {

void ClipboardHistory::add(std::string text, TimePoint time) {
  if (max_entries_ == 0) return;
  if (entries_.size() == max_entries_) {
    total_bytes_ -= entries_.back().text.size();
    entries_.pop_back();
  }
  total_bytes_ += text.size();
  entries_.push_front({std::move(text), time});
}

std::vector<ClipboardHistory::Entry> ClipboardHistory::recent(std::size_t count) const {
  const auto size = static_cast<std::ptrdiff_t>(std::min(count, entries_.size()));
  return {entries_.begin(), entries_.begin() + size};
}

void ClipboardHistory::clear() {
  entries_.clear();
  total_bytes_ = 0;
}

ClipboardHistory::Stats ClipboardHistory::stats() const {
  return {entries_.size(), max_entries_, total_bytes_,
          entries_.empty() ? 0 : total_bytes_ / entries_.size()};
}

}  // namespace oriel::clipboard

#include "oriel/app/observe/log_tail.h"

#include <algorithm>

namespace oriel::observe {

void LogTail::write(const LogRecord& record) {
  next_->write(record);
  const std::scoped_lock lock(mutex_);
  lines_.push_back(record);
  if (lines_.size() > kTailLines) lines_.pop_front();
  ++count_;
}

std::uint64_t LogTail::count() const {
  const std::scoped_lock lock(mutex_);
  return count_;
}

std::vector<LogRecord> LogTail::since(std::uint64_t count) const {
  const std::scoped_lock lock(mutex_);
  const auto wanted = std::min<std::uint64_t>(count < count_ ? count_ - count : 0, lines_.size());
  return {lines_.end() - static_cast<std::ptrdiff_t>(wanted), lines_.end()};
}

}  // namespace oriel::observe

#pragma once
// The last lines of the log, for those who look at a running server.

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "oriel/app/observe/log.h"

namespace oriel::observe {

// Lines that are kept.
inline constexpr std::size_t kTailLines = 1000;

// Passes every line on, and keeps the last. Any thread.
class LogTail final : public LogSink {
 public:
  explicit LogTail(std::shared_ptr<LogSink> next) : next_(std::move(next)) {}

  bool is_on(LogLevel level) const override { return next_->is_on(level); }
  void write(const LogRecord& record) override;

  // How many lines there have been.
  std::uint64_t count() const;
  // The lines after the first `count` of all, as far as they are kept.
  std::vector<LogRecord> since(std::uint64_t count) const;

 private:
  const std::shared_ptr<LogSink> next_;
  mutable std::mutex mutex_;
  std::deque<LogRecord> lines_;
  std::uint64_t count_ = 0;
};

}  // namespace oriel::observe

#pragma once
// Alerts as lines on a terminal or a pipe, in colour on a terminal.

#include <atomic>

#include "oriel/app/monitor/alert_sink.h"

namespace oriel::monitor {

class ConsoleAlertSink : public AlertSink {
 public:
  // `fd` stays the caller's and open.
  ConsoleAlertSink(int fd, bool has_color) : fd_(fd), has_color_(has_color) {}

  // Waits, while nobody reads, in steps that interrupt() can end.
  Status deliver(const AlertNotice& notice) override;
  void interrupt() override { is_interrupted_ = true; }

 private:
  int fd_;
  bool has_color_;
  std::atomic<bool> is_interrupted_ = false;
};

// Whether `fd` is a terminal, and NO_COLOR is not set.
bool shows_color(int fd);

}  // namespace oriel::monitor

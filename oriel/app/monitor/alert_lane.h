#pragma once
// A sink with a thread and a queue of its own, so that one that hangs holds up neither the sampler
// nor another sink.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "oriel/app/monitor/alert_limits.h"
#include "oriel/app/monitor/alert_sink.h"
#include "oriel/app/observe/log.h"

namespace oriel::monitor {

struct AlertLaneOptions {
  std::string name;                             // "webhook", for the log
  AlertLevel level_min = AlertLevel::kWarning;  // levels below are not told
  // How long before each further attempt.
  std::vector<std::chrono::milliseconds> retry_delays;
  std::chrono::milliseconds farewell = kAlertFarewell;
};

// Any thread may post; the thread that made it destroys it.
class AlertLane {
 public:
  AlertLane(AlertLaneOptions options, std::unique_ptr<AlertSink> sink, observe::Logger log);

  // Gives what is queued `farewell` from now, or from end(), then interrupts the sink.
  ~AlertLane();
  AlertLane(const AlertLane&) = delete;
  AlertLane& operator=(const AlertLane&) = delete;

  // Queues what the event means at this lane's level, if anything: a notice, or the end of one.
  // Never waits for the sink; beyond kAlertQueueMax the oldest is dropped.
  void post(const AlertRules::Event& event, std::string_view host, WallTime time);

  // Takes nothing more, and tries each that waits once. Returns at once, so that several lanes end
  // together.
  void end();

 private:
  std::optional<AlertNotice> notice_of(const AlertRules::Event& event, std::string_view host,
                                       WallTime time);
  void run();
  std::optional<AlertNotice> next();
  void deliver(const AlertNotice& notice);
  bool wait_to_retry(std::chrono::milliseconds delay);  // false: it is to end
  void say_failure(const Error& error);
  void say_success();

  const AlertLaneOptions options_;
  const std::unique_ptr<AlertSink> sink_;
  const observe::Logger log_;

  std::mutex mutex_;  // guards what follows up to thread_
  std::condition_variable changed_;
  std::deque<AlertNotice> queue_;
  std::map<std::string, AlertLevel> told_;  // by host and figure: what people know of
  std::uint64_t dropped_ = 0;               // too many at once
  // Set: deliver what is there, once each, until then.
  std::optional<std::chrono::steady_clock::time_point> end_by_;
  bool is_hurried_ = false;  // deliver nothing more
  bool has_ended_ = false;

  // Of the lane's thread alone.
  std::string failure_;  // the latest, empty after a success
  std::uint64_t failures_ = 0;

  std::thread thread_;
};

}  // namespace oriel::monitor

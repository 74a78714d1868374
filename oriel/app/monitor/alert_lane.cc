#include "oriel/app/monitor/alert_lane.h"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <utility>

namespace oriel::monitor {

AlertLane::AlertLane(AlertLaneOptions options, std::unique_ptr<AlertSink> sink, observe::Logger log)
    : options_(std::move(options)),
      sink_(std::move(sink)),
      log_(std::move(log)),
      thread_([this] { run(); }) {}

void AlertLane::end() {
  const std::lock_guard lock(mutex_);
  if (!end_by_) end_by_ = std::chrono::steady_clock::now() + options_.farewell;
  changed_.notify_all();
}

AlertLane::~AlertLane() {
  end();
  {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, *end_by_, [&] { return has_ended_; });
    is_hurried_ = true;
  }
  sink_->interrupt();
  changed_.notify_all();
  thread_.join();
  if (!queue_.empty()) {
    log_.warning("alerts were not delivered before the end",
                 {{"by", options_.name}, {"count", queue_.size()}});
  }
}

std::optional<AlertNotice> AlertLane::notice_of(const AlertRules::Event& event,
                                                std::string_view host, WallTime time) {
  const auto& alert = event.alert;
  const auto key = fmt::format("{}\n{}\n{}\n{}\n{}", host, alert.component, alert.metric,
                               alert.what, alert.direction == Direction::kAbove);
  const auto level = event.change.to;
  const auto known = told_.find(key);
  AlertNotice notice{alert, level, false, alert.since, std::string(host)};
  if (level >= options_.level_min && level != AlertLevel::kNone) {
    if (!event.change.is_notice) return {};
    if (known == told_.end() && told_.size() >= kAlertsToldMax) return {};
    if (event.change.from == level) notice.time = time;  // told after the cooldown of its level
    told_[key] = level;
    return notice;
  }
  // Whoever was told that it began is told that it is over, and nobody else.
  if (known == told_.end()) return {};
  notice.level = known->second;
  notice.is_ended = true;
  notice.time = time;
  if (level == AlertLevel::kNone) notice.alert.level = AlertLevel::kNone;
  told_.erase(known);
  return notice;
}

void AlertLane::post(const AlertRules::Event& event, std::string_view host, WallTime time) {
  bool is_first_drop = false;
  {
    const std::lock_guard lock(mutex_);
    auto notice = notice_of(event, host, time);
    if (!notice || end_by_) return;
    if (queue_.size() >= kAlertQueueMax) {
      queue_.pop_front();
      is_first_drop = dropped_++ == 0;
    }
    queue_.push_back(*std::move(notice));
  }
  changed_.notify_all();
  if (is_first_drop) {
    log_.warning("alerts come faster than they are delivered, the oldest are dropped",
                 {{"by", options_.name}, {"waiting", kAlertQueueMax}});
  }
}

void AlertLane::run() {
  // Signals are for other threads, and a peer that goes away is an error, not a signal.
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  while (const auto notice = next()) deliver(*notice);
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
  changed_.notify_all();
}

std::optional<AlertNotice> AlertLane::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return end_by_.has_value() || !queue_.empty(); });
  if (is_hurried_ || queue_.empty()) return {};
  auto notice = std::move(queue_.front());
  queue_.pop_front();
  return notice;
}

void AlertLane::deliver(const AlertNotice& notice) {
  for (std::size_t attempt = 0;; ++attempt) {
    const auto status = sink_->deliver(notice);
    if (status) return say_success();
    say_failure(status.error());
    const auto code = status.error().code;
    const bool may_help = code == ErrorCode::kUnavailable || code == ErrorCode::kTimeout;
    if (!may_help || attempt >= options_.retry_delays.size()) return;
    if (!wait_to_retry(options_.retry_delays[attempt])) return;
  }
}

bool AlertLane::wait_to_retry(std::chrono::milliseconds delay) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, delay, [&] { return end_by_.has_value(); });
}

void AlertLane::say_failure(const Error& error) {
  ++failures_;
  if (failure_ == error.message) return;
  failure_ = error.message;
  log_.warning("an alert could not be delivered", {{"by", options_.name}, {"reason", failure_}});
}

void AlertLane::say_success() {
  if (failures_ != 0) {
    log_.info("alerts are delivered again", {{"by", options_.name}, {"failures", failures_}});
  }
  failures_ = 0;
  failure_.clear();
}

}  // namespace oriel::monitor

#include "oriel/app/conduit/pending_calls.h"

namespace oriel::conduit {

void PendingCalls::add(std::uint64_t correlation, Done done, TimePoint now,
                       std::optional<TimePoint> deadline) {
  auto& call = calls_[correlation];
  call.done = std::move(done);
  call.sent_at = now;
  call.deadline = deadline;
  if (deadline) deadlines_.emplace(*deadline, correlation);
}

void PendingCalls::watch(std::uint64_t correlation, const std::stop_token& stop,
                         std::function<void()> stopped) {
  if (!stop.stop_possible()) return;
  calls_.at(correlation).stop =
      std::make_unique<std::stop_callback<std::function<void()>>>(stop, std::move(stopped));
}

std::optional<TimePoint> PendingCalls::sent_at(std::uint64_t correlation) const {
  const auto call = calls_.find(correlation);
  if (call == calls_.end()) return std::nullopt;
  return call->second.sent_at;
}

void PendingCalls::end(std::uint64_t correlation, Answer answer) {
  auto call = std::move(calls_.extract(correlation).mapped());
  if (call.deadline) forget_deadline(correlation, *call.deadline);
  call.stop.reset();
  call.done(std::move(answer));
}

void PendingCalls::forget_deadline(std::uint64_t correlation, TimePoint deadline) {
  const auto [begin, end] = deadlines_.equal_range(deadline);
  for (auto one = begin; one != end; ++one)
    if (one->second == correlation) {
      deadlines_.erase(one);
      return;
    }
}

std::optional<TimePoint> PendingCalls::earliest_deadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

std::optional<std::uint64_t> PendingCalls::find_expired(TimePoint now) const {
  if (deadlines_.empty() || deadlines_.begin()->first > now) return std::nullopt;
  return deadlines_.begin()->second;
}

std::vector<std::pair<std::uint64_t, PendingCalls::Done>> PendingCalls::take_all() {
  deadlines_.clear();
  std::vector<std::pair<std::uint64_t, Done>> all;
  for (auto& [correlation, call] : std::exchange(calls_, {})) {
    call.stop.reset();
    all.emplace_back(correlation, std::move(call.done));
  }
  return all;
}

}  // namespace oriel::conduit

#pragma once
// Our calls that have no answer yet: who waits for each, since when and until when. It sends
// nothing and has no clock. One strand owns it.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <unordered_map>
#include <utility>
#include <vector>

#include "oriel/base/time.h"
#include "oriel/core/conduit/response.h"

namespace oriel::conduit {

class PendingCalls {
 public:
  using Done = std::function<void(Answer)>;

  // A number that no call has had.
  std::uint64_t next_correlation() { return ++last_correlation_; }

  void add(std::uint64_t correlation, Done done, TimePoint now, std::optional<TimePoint> deadline);
  // `stopped` is called, on any thread, when the stop is requested before the call has ended.
  void watch(std::uint64_t correlation, const std::stop_token& stop, std::function<void()> stopped);

  bool contains(std::uint64_t correlation) const { return calls_.contains(correlation); }
  // Nothing: there is no such call.
  std::optional<TimePoint> sent_at(std::uint64_t correlation) const;
  // Forgets the call, which there must be, and tells who waits for it.
  void end(std::uint64_t correlation, Answer answer);

  std::optional<TimePoint> earliest_deadline() const;
  std::optional<std::uint64_t> find_expired(TimePoint now) const;

  // Forgets all of them.
  std::vector<std::pair<std::uint64_t, Done>> take_all();

 private:
  struct Call {
    Done done;
    TimePoint sent_at{};
    std::optional<TimePoint> deadline;
    std::unique_ptr<std::stop_callback<std::function<void()>>> stop;
  };

  void forget_deadline(std::uint64_t correlation, TimePoint deadline);

  std::uint64_t last_correlation_ = 0;
  std::unordered_map<std::uint64_t, Call> calls_;
  std::multimap<TimePoint, std::uint64_t> deadlines_;
};

}  // namespace oriel::conduit

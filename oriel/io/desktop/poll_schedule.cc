#include "oriel/io/desktop/poll_schedule.h"

#include <algorithm>
#include <utility>

#include "oriel/io/desktop/limits.h"

namespace oriel::desktop {

void PollSchedule::reset(image::Size size, TimePoint now) {
  const int rows = std::max(kPollBandPx, (size.height + kMaxPollBands - 1) / kMaxPollBands);
  rects_.clear();
  for (int y = 0; y < size.height; y += rows) {
    rects_.push_back({0, y, size.width, std::min(rows, size.height - y)});
  }
  bands_.assign(rects_.size(), {now, kPollFast, false});
}

std::vector<int> PollSchedule::due(TimePoint now) const {
  std::vector<int> numbers;
  if (now < pause_until_) return numbers;
  for (std::size_t i = 0; i < bands_.size(); ++i) {
    if (bands_[i].due <= now) numbers.push_back(static_cast<int>(i));
  }
  return numbers;
}

TimePoint PollSchedule::next() const {
  TimePoint earliest = TimePoint::max();
  for (const Band& band : bands_) earliest = std::min(earliest, band.due);
  return std::max(earliest, pause_until_);
}

void PollSchedule::looked(int number, Look what, TimePoint now) {
  Band& band = bands_[static_cast<std::size_t>(number)];
  const bool is_fast =
      what != Look::kSame || now < fast_until_ || std::exchange(band.is_near_change, false);
  band.interval =
      is_fast ? Duration(kPollFast) : std::min<Duration>(band.interval * 3 / 2, kPollSlow);
  band.due = now + band.interval;
  if (what != Look::kChanged) return;
  // What changes seldom ends at the edge of a band: a window is moved, text scrolls.
  for (const int neighbour : {number - 1, number + 1}) {
    if (neighbour < 0 || neighbour >= static_cast<int>(bands_.size())) continue;
    Band& near = bands_[static_cast<std::size_t>(neighbour)];
    near.is_near_change = true;
    hurry(near, now);
  }
}

void PollSchedule::paid(TimePoint began, TimePoint now) {
  pause_until_ = now + (now - began) * (kPollShare - 1);
}

void PollSchedule::input_came(TimePoint now) {
  fast_until_ = now + kPollInput;
  for (Band& band : bands_) hurry(band, now);
}

void PollSchedule::hurry(Band& band, TimePoint now) const {
  band.interval = kPollFast;
  band.due = std::min<TimePoint>(band.due, now + kPollFast);
}

}  // namespace oriel::desktop

#include "oriel/app/monitor/tui/series.h"

#include <algorithm>
#include <limits>

#include "oriel/app/monitor/tui/limits.h"

namespace oriel::monitor::tui {

void Series::add(std::uint64_t document, std::optional<double> value) {
  constexpr float kGap = std::numeric_limits<float>::quiet_NaN();
  if (!values_.empty() && document > last_ + 1) {
    const auto missed = std::min<std::uint64_t>(document - last_ - 1, kSeriesSamples);
    values_.insert(values_.end(), missed, kGap);
  }
  values_.push_back(value ? static_cast<float>(*value) : kGap);
  last_ = document;
  // Half of twice as many goes at a time, so that adding stays cheap.
  if (values_.size() > 2 * kSeriesSamples) {
    values_.erase(values_.begin(), values_.end() - kSeriesSamples);
  }
}

std::span<const float> Series::values() const {
  return std::span(values_).last(std::min(values_.size(), kSeriesSamples));
}

}  // namespace oriel::monitor::tui

#pragma once
// The last values of one figure, for its graph. One owner.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace oriel::monitor::tui {

class Series {
 public:
  // Documents are counted; one in which the figure is missing leaves a gap (NaN).
  void add(std::uint64_t document, std::optional<double> value);

  // Those of the latest documents, the last at the end; at most kSeriesSamples.
  std::span<const float> values() const;
  std::uint64_t last_document() const { return last_; }

 private:
  std::vector<float> values_;
  std::uint64_t last_ = 0;
};

}  // namespace oriel::monitor::tui

#pragma once
// How far the transfer of a file is.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "oriel/base/time.h"

namespace oriel::conduit {

struct TransferProgress {
  std::string filename;
  std::uint64_t total_bytes = 0;
  std::uint64_t transferred_bytes = 0;
  Duration elapsed{};

  double percent() const;  // 100 of an empty file
  double bytes_per_second() const;
  std::optional<Duration> remaining() const;  // at the speed so far
};
using OnProgress = std::function<void(const TransferProgress&)>;

}  // namespace oriel::conduit

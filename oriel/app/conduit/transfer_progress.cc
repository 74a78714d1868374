#include "oriel/app/conduit/transfer_progress.h"

#include <chrono>

namespace oriel::conduit {

double TransferProgress::percent() const {
  if (total_bytes == 0) return 100;
  return 100.0 * static_cast<double>(transferred_bytes) / static_cast<double>(total_bytes);
}

double TransferProgress::bytes_per_second() const {
  const auto seconds = std::chrono::duration<double>(elapsed).count();
  return seconds > 0 ? static_cast<double>(transferred_bytes) / seconds : 0;
}

std::optional<Duration> TransferProgress::remaining() const {
  const auto speed = bytes_per_second();
  if (speed <= 0) return std::nullopt;
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(static_cast<double>(total_bytes - transferred_bytes) / speed));
}

}  // namespace oriel::conduit

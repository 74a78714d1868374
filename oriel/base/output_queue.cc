#include "oriel/base/output_queue.h"

#include "oriel/base/check.h"

namespace oriel {

void OutputQueue::append(ByteSpan bytes) {
  if (bytes.empty()) return;
  if (pieces_.empty() || pieces_.back().shared || pieces_.back().is_lent) pieces_.emplace_back();
  auto& owned = pieces_.back().owned;
  owned.insert(owned.end(), bytes.begin(), bytes.end());
  size_bytes_ += bytes.size();
}

void OutputQueue::append_shared(SharedBytes payload) {
  if (!payload || payload->empty()) return;
  size_bytes_ += payload->size();
  pieces_.emplace_back().shared = std::move(payload);
}

std::size_t OutputQueue::gather(std::span<ByteSpan> into) {
  std::size_t count = 0;
  for (auto& piece : pieces_) {
    if (count == into.size()) break;
    piece.is_lent = true;
    into[count] = count == 0 ? piece.all().subspan(front_offset_) : piece.all();
    ++count;
  }
  return count;
}

void OutputQueue::consume(std::size_t count) {
  ORIEL_CHECK(count <= size_bytes_);
  size_bytes_ -= count;
  written_bytes_ += count;
  front_offset_ += count;
  while (!pieces_.empty() && front_offset_ >= pieces_.front().all().size()) {
    front_offset_ -= pieces_.front().all().size();
    pieces_.pop_front();
  }
}

void OutputQueue::clear() {
  pieces_.clear();
  front_offset_ = 0;
  size_bytes_ = 0;
}

}  // namespace oriel

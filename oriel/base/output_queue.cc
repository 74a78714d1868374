#include "oriel/base/output_queue.h"

#include <utility>

#include "oriel/base/check.h"

namespace oriel {

void OutputQueue::append(ByteSpan bytes) {
  if (bytes.empty()) return;
  if (pieces_.empty() || pieces_.back().held.owner || pieces_.back().is_lent)
    pieces_.emplace_back();
  auto& owned = pieces_.back().owned;
  owned.insert(owned.end(), bytes.begin(), bytes.end());
  size_bytes_ += bytes.size();
}

void OutputQueue::append_shared(SharedBytes payload) {
  if (!payload) return;
  const ByteSpan all(*payload);
  append_held({all, std::move(payload)});
}

void OutputQueue::append_held(HeldBytes payload) {
  if (payload.bytes.empty()) return;
  ORIEL_CHECK(payload.owner);
  size_bytes_ += payload.bytes.size();
  pieces_.emplace_back().held = std::move(payload);
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

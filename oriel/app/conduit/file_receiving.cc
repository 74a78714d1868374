#include "oriel/app/conduit/file_receiving.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "oriel/app/conduit/file_answers.h"
#include "oriel/app/conduit/file_chunks.h"

namespace oriel::conduit {

FileReceiving::FileReceiving(std::string id, FileAnnouncement announced, std::string partial,
                             files::FilePointer file, std::uint64_t there_bytes)
    : id_(std::move(id)),
      announced_(std::move(announced)),
      partial_(std::move(partial)),
      file_(std::move(file)),
      total_chunks_(chunks_of(announced_.size_bytes, announced_.chunk_bytes)),
      has_chunk_(total_chunks_) {
  // Chunks are written as they come, a few at a time in any order: the last ones of a file that was
  // cut off may be holes.
  const auto whole = std::min(there_bytes / announced_.chunk_bytes, total_chunks_);
  const auto sure = whole > kFileChunksAhead ? whole - kFileChunksAhead : 0;
  for (std::uint64_t index = 0; index < sure; ++index) mark(index);
}

std::uint64_t FileReceiving::next_chunk() const {
  std::lock_guard lock(mutex_);
  return static_cast<std::uint64_t>(
      std::distance(has_chunk_.begin(), std::ranges::find(has_chunk_, false)));
}

std::uint64_t FileReceiving::received() const {
  std::lock_guard lock(mutex_);
  return chunks_;
}

TimePoint FileReceiving::heard_at() const {
  std::lock_guard lock(mutex_);
  return heard_at_;
}

void FileReceiving::mark(std::uint64_t index) {
  std::lock_guard lock(mutex_);
  heard_at_ = Clock::now();
  if (has_chunk_[index]) return;
  has_chunk_[index] = true;
  ++chunks_;
}

CallResult<void> FileReceiving::write(std::uint64_t index, ByteSpan bytes) {
  if (index >= total_chunks_) return std::unexpected(no_such_chunk(index, total_chunks_));
  const auto offset = index * announced_.chunk_bytes;
  const auto expected = std::min(announced_.chunk_bytes, announced_.size_bytes - offset);
  if (bytes.size() != expected)
    return std::unexpected(CallError::validation(
        fmt::format("chunk {} has {} bytes, got {}", index, expected, bytes.size()), "data_b64"));
  if (auto written = file_->write_at(offset, bytes); !written)
    return std::unexpected(file_failed(written.error()));
  mark(index);
  return {};
}

}  // namespace oriel::conduit

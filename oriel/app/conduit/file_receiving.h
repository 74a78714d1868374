#pragma once
// One file that comes in by chunks, in any order, into a partial file: which are there, so that it
// can go on where it was cut off.

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/base/time.h"
#include "oriel/core/conduit/response.h"
#include "oriel/io/files/confined_folder.h"

namespace oriel::conduit {

// What its sender says of it.
struct FileAnnouncement {
  std::string filename;
  std::uint64_t size_bytes = 0;
  std::optional<std::string> checksum;  // nothing: the sender says none
  std::uint64_t chunk_bytes = 0;
  std::string sender;  // whose partial files are its own
};

// Any thread. Its lock is never held while a file is written.
class FileReceiving {
 public:
  // there_bytes: what the partial file has from an earlier try.
  FileReceiving(std::string id, FileAnnouncement announced, std::string partial,
                files::FilePointer file, std::uint64_t there_bytes);

  const std::string& id() const { return id_; }
  const FileAnnouncement& announced() const { return announced_; }
  const std::string& partial() const { return partial_; }  // the partial file's name
  files::File& file() const { return *file_; }
  std::uint64_t total_chunks() const { return total_chunks_; }
  TimePoint began() const { return began_; }

  // How many of the first chunks are there without a gap.
  std::uint64_t next_chunk() const;
  // How many are there.
  std::uint64_t received() const;
  TimePoint heard_at() const;

  CallResult<void> write(std::uint64_t index, ByteSpan bytes);

 private:
  void mark(std::uint64_t index);

  const std::string id_;
  const FileAnnouncement announced_;
  const std::string partial_;
  const files::FilePointer file_;
  const std::uint64_t total_chunks_;
  const TimePoint began_ = Clock::now();

  mutable std::mutex mutex_;  // guards the next ones
  std::vector<bool> has_chunk_;
  std::uint64_t chunks_ = 0;  // that are there
  TimePoint heard_at_ = Clock::now();
};

}  // namespace oriel::conduit

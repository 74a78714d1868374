#pragma once
// Keeps what a client receives in a file, one line a message (--save-data; the seed's
// LoggingHandler). A file that has grown to its limit is renamed to NAME_YYYYmmdd_HHMMSS.SUFFIX,
// never over another, and a new one begun. One owner.

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "oriel/base/result.h"

namespace oriel::monitor {

inline constexpr std::size_t kSaveFileBytesMax = std::size_t{10} << 20;  // the seed's

struct SaveFileOptions {
  std::string path;
  // The size that a file does not pass, unless one line alone is larger.
  std::size_t bytes_max = kSaveFileBytesMax;
  // For the names of renamed files, in local time.
  std::function<std::chrono::system_clock::time_point()> now = std::chrono::system_clock::now;
};

struct SaveFileStatistics {
  std::string log_file;
  std::uint64_t message_count = 0;
  std::uint64_t lost_count = 0;  // that could not be written
  std::uint64_t log_size = 0;    // bytes of the present file
};

class SaveFile {
 public:
  // Goes on with a file that is there. Errors: kUnavailable when it cannot be opened for writing.
  static Result<SaveFile> open(SaveFileOptions options);

  SaveFile(SaveFile&& other) noexcept;
  SaveFile& operator=(SaveFile&& other) noexcept;
  ~SaveFile();

  // Writes `text` and a line end; line ends within it stay. A full disk or another trouble loses
  // the line, whole: no half line stays in the file. The trouble is returned once, until a line
  // could be written again; then it is tried as before.
  std::optional<Error> write(std::string_view text);

  SaveFileStatistics statistics() const;

 private:
  explicit SaveFile(SaveFileOptions options) : options_(std::move(options)) {}

  Status open_file();
  Status rotate();
  Status append(std::string_view line);

  SaveFileOptions options_;
  int fd_ = -1;
  bool is_regular_ = false;  // pipes and devices are written to and never renamed
  std::uint64_t size_ = 0;
  std::uint64_t message_count_ = 0;
  std::uint64_t lost_count_ = 0;
  bool is_in_trouble_ = false;
};

}  // namespace oriel::monitor

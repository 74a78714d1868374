#include "oriel/io/desktop/small_file.h"

#include <fcntl.h>
#include <unistd.h>

namespace oriel::desktop {

std::optional<std::string> read_small_file(const std::string& path, std::size_t limit_bytes) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return std::nullopt;
  std::string contents(limit_bytes, '\0');
  const ssize_t count = read(file, contents.data(), contents.size());
  close(file);
  if (count < 0) return std::nullopt;
  contents.resize(static_cast<std::size_t>(count));
  return contents;
}

bool write_private_file(const std::string& path, ByteSpan contents) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return false;
  const ssize_t count = write(file, contents.data(), contents.size());
  close(file);
  return count == static_cast<ssize_t>(contents.size());
}

}  // namespace oriel::desktop

#include "oriel/app/config/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "oriel/app/config/limits.h"

namespace oriel::config {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

std::unexpected<Error> unreadable(const std::string& path, const char* reason) {
  return fail(ErrorCode::kUnavailable, fmt::format("{}: cannot be read: {}", path, reason));
}

}  // namespace

Result<std::optional<FileText>> read_file(const std::string& path, std::size_t bytes_max) {
  // Not blocking: a FIFO without a writer would hang the start.
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return unreadable(path, strerror(errno));
  }
  // The mode of the opened file, not of the path, which may be another file by now.
  struct stat status{};
  if (fstat(file.number(), &status) != 0) return unreadable(path, strerror(errno));
  if (S_ISDIR(status.st_mode)) return unreadable(path, "it is a folder");

  FileText result{.is_open_to_others = (status.st_mode & 077) != 0};
  std::array<char, 4096> block;
  while (true) {
    auto count = read(file.number(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable(path, strerror(errno));
    if (count == 0) return result;
    result.text.append(block.data(), static_cast<std::size_t>(count));
    if (result.text.size() > bytes_max)
      return fail(ErrorCode::kTooLarge, fmt::format("{}: more than {} bytes", path, bytes_max));
  }
}

std::unexpected<Error> open_to_others(std::string_view path, std::string_view what) {
  return fail(
      ErrorCode::kInvalid,
      fmt::format("{}: {} that others can read, close it with: chmod 600 {}", path, what, path));
}

Result<std::string> read_secret_text(const std::string& path, std::string_view what) {
  ORIEL_TRY(auto file, read_file(path, kPasswordFileBytesMax));
  if (!file) return fail(ErrorCode::kInvalid, fmt::format("{}: no such {} file", path, what));
  if (file->is_open_to_others) return open_to_others(path, fmt::format("a {} file", what));
  return std::move(file->text);
}

Result<std::string> read_secret_line(const std::string& path, std::string_view what) {
  ORIEL_TRY(const auto text, read_secret_text(path, what));
  auto line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty())
    return fail(ErrorCode::kInvalid,
                fmt::format("{}: the first line is empty, expected the {}", path, what));
  return line;
}

}  // namespace oriel::config

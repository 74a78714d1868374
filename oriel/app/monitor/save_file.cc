#include "oriel/app/monitor/save_file.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <utility>

namespace oriel::monitor {
namespace {

std::unexpected<Error> trouble(std::string_view what, const std::string& path, int error) {
  return fail(ErrorCode::kUnavailable, fmt::format("{} {}: {}", what, path, std::strerror(error)));
}

std::string local_stamp(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::system_clock::to_time_t(time);
  std::tm local{};
  if (::localtime_r(&seconds, &local) == nullptr) return "unknown_time";
  return fmt::format("{:%Y%m%d_%H%M%S}", local);
}

// Renames, but not over a file that is there; an errno otherwise.
int rename_apart(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  // A file system that does not know how: look first.
  struct stat there{};
  if (::lstat(to.c_str(), &there) == 0) return EEXIST;
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

// A program that was killed may have left half a line: the next one starts on its own.
bool ends_inside_line(const std::string& path, std::uint64_t size) {
  if (size == 0) return false;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  char last = '\n';
  const bool has_read = ::pread(fd, &last, 1, static_cast<off_t>(size - 1)) == 1;
  ::close(fd);
  return has_read && last != '\n';
}

}  // namespace

Result<SaveFile> SaveFile::open(SaveFileOptions options) {
  SaveFile file(std::move(options));
  ORIEL_TRY_VOID(file.open_file());
  if (file.is_regular_ && ends_inside_line(file.options_.path, file.size_))
    ORIEL_TRY_VOID(file.append("\n"));
  return file;
}

SaveFile::SaveFile(SaveFile&& other) noexcept
    : options_(std::move(other.options_)),
      fd_(std::exchange(other.fd_, -1)),
      is_regular_(other.is_regular_),
      size_(other.size_),
      message_count_(other.message_count_),
      lost_count_(other.lost_count_),
      is_in_trouble_(other.is_in_trouble_) {}

SaveFile& SaveFile::operator=(SaveFile&& other) noexcept {
  std::swap(options_, other.options_);
  std::swap(fd_, other.fd_);
  std::swap(is_regular_, other.is_regular_);
  std::swap(size_, other.size_);
  std::swap(message_count_, other.message_count_);
  std::swap(lost_count_, other.lost_count_);
  std::swap(is_in_trouble_, other.is_in_trouble_);
  return *this;
}

SaveFile::~SaveFile() {
  if (fd_ >= 0) ::close(fd_);
}

std::optional<Error> SaveFile::write(std::string_view text) {
  std::string line(text);
  line += '\n';
  const auto written = [&]() -> Status {
    if (is_regular_ && size_ > 0 && size_ + line.size() > options_.bytes_max)
      ORIEL_TRY_VOID(rotate());
    if (fd_ < 0) ORIEL_TRY_VOID(open_file());
    return append(line);
  }();
  if (written) {
    ++message_count_;
    is_in_trouble_ = false;
    return {};
  }
  ++lost_count_;
  if (std::exchange(is_in_trouble_, true)) return {};
  return written.error();
}

SaveFileStatistics SaveFile::statistics() const {
  return {.log_file = options_.path,
          .message_count = message_count_,
          .lost_count = lost_count_,
          .log_size = size_};
}

Status SaveFile::open_file() {
  const auto& path = options_.path;
  fd_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
  if (fd_ < 0) return trouble("cannot write", path, errno);
  struct stat status{};
  if (::fstat(fd_, &status) != 0) return trouble("cannot write", path, errno);
  is_regular_ = S_ISREG(status.st_mode);
  size_ = is_regular_ ? static_cast<std::uint64_t>(status.st_size) : 0;
  return {};
}

Status SaveFile::rotate() {
  constexpr int kNamesMax = 100;  // of one second
  const std::filesystem::path path(options_.path);
  const auto stem = path.stem().string(), suffix = path.extension().string();
  const auto stamp = local_stamp(options_.now());
  int error = EEXIST;
  for (int i = 1; error == EEXIST && i <= kNamesMax; ++i) {
    const auto number = i == 1 ? std::string() : fmt::format("_{}", i);
    const auto name = fmt::format("{}_{}{}{}", stem, stamp, number, suffix);
    error = rename_apart(options_.path, path.parent_path() / name);
  }
  // Somebody else has taken the file away: there is nothing to rename.
  if (error != 0 && error != ENOENT) return trouble("cannot rename", options_.path, error);
  ::close(std::exchange(fd_, -1));
  return {};
}

Status SaveFile::append(std::string_view line) {
  std::size_t done = 0;
  while (done < line.size()) {
    const auto count = ::write(fd_, line.data() + done, line.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const int error = count < 0 ? errno : ENOSPC;
      if (is_regular_ && done > 0 && ::ftruncate(fd_, static_cast<off_t>(size_)) != 0)
        size_ += done;  // half a line stays, which is all that can be done
      return trouble("cannot write", options_.path, error);
    }
    done += static_cast<std::size_t>(count);
  }
  size_ += line.size();
  return {};
}

}  // namespace oriel::monitor

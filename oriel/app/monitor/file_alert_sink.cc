#include "oriel/app/monitor/file_alert_sink.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "oriel/app/monitor/alert_limits.h"

namespace oriel::monitor {
namespace {

std::unexpected<Error> system_error(std::string_view what, const std::string& path) {
  return fail(ErrorCode::kUnavailable, fmt::format("{} {}: {}", what, path, std::strerror(errno)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Descriptor open_to_append(const std::string& path) {
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK;
  return Descriptor(::open(path.c_str(), kFlags, 0640));
}

Status write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return system_error("cannot write", path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Status check_alert_file(const std::string& path) {
  struct stat found{};
  // A pipe could block for ever.
  if (::stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode))
    return fail(ErrorCode::kInvalid, fmt::format("{} is no regular file", path));
  const auto file = open_to_append(path);
  if (file.get() < 0) return system_error("cannot open", path);
  return {};
}

Status FileAlertSink::rotate() const {
  const auto numbered = [&](int number) { return fmt::format("{}.{}", path_, number); };
  for (int number = kAlertFilesKept - 1; number >= 1; --number) {
    const bool is_moved = std::rename(numbered(number).c_str(), numbered(number + 1).c_str()) == 0;
    if (!is_moved && errno != ENOENT) return system_error("cannot rename", numbered(number));
  }
  if (std::rename(path_.c_str(), numbered(1).c_str()) != 0) {
    return system_error("cannot rename", path_);
  }
  return {};
}

Status FileAlertSink::deliver(const AlertNotice& notice) {
  const auto line =
      (format_ == AlertFileFormat::kJson ? to_json(notice_document(notice)) : notice_line(notice)) +
      "\n";
  struct stat found{};
  const bool is_there = ::stat(path_.c_str(), &found) == 0;
  const bool is_full = is_there && found.st_size > 0 &&
                       static_cast<std::size_t>(found.st_size) + line.size() > bytes_max_;
  // A pipe could block for ever.
  if (is_there && !S_ISREG(found.st_mode)) {
    return fail(ErrorCode::kInvalid, fmt::format("{} is no regular file", path_));
  }
  if (is_full) ORIEL_TRY_VOID(rotate());
  const auto file = open_to_append(path_);
  if (file.get() < 0) return system_error("cannot open", path_);
  return write_all(file.get(), line, path_);
}

}  // namespace oriel::monitor

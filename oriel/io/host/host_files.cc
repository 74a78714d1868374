#include "oriel/io/host/host_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "oriel/core/monitor/text_scan.h"
#include "oriel/io/host/limits.h"

namespace oriel::host {
namespace {

constexpr std::size_t kFirstBufferBytes = 65536;

// openat() takes absolute paths as they are, past the root.
const char* relative(const std::string& path) {
  const char* text = path.c_str();
  while (*text == '/') ++text;
  return *text == '\0' ? "." : text;
}

Descriptor open_file(int root, const std::string& path) {
  // O_NONBLOCK: files of /proc and /sys do not wait, but a FIFO in another root would.
  return Descriptor(::openat(root, relative(path), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Descriptor::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

HostFiles::HostFiles(std::string root, Descriptor fd)
    : root_(std::move(root)), root_fd_(std::move(fd)), buffer_(kFirstBufferBytes) {}

Result<HostFiles> HostFiles::open(const std::string& root) {
  Descriptor fd(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd.is_open()) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("monitor root {}: {}", root, std::strerror(errno)));
  }
  return HostFiles(root, std::move(fd));
}

std::optional<std::string_view> HostFiles::read_all(int fd) {
  std::size_t have = 0;
  while (true) {
    if (have == buffer_.size()) {
      if (buffer_.size() >= kFileBytesMax) break;  // what is beyond is not read
      buffer_.resize(std::min(buffer_.size() * 2, kFileBytesMax));
    }
    const auto got =
        ::pread(fd, buffer_.data() + have, buffer_.size() - have, static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return {};
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return std::string_view(buffer_.data(), have);
}

std::optional<std::string_view> HostFiles::read(KeptFile& file, TimePoint now) {
  if (file.failed_at && now >= *file.failed_at && now - *file.failed_at < kRetryAfter) return {};
  const bool was_open = file.fd.is_open();
  if (!was_open) file.fd = open_file(root_fd_.get(), file.path);
  if (file.fd.is_open()) {
    file.failed_at.reset();
    if (const auto text = read_all(file.fd.get())) return text;
  }
  if (was_open) {
    file.fd = open_file(root_fd_.get(), file.path);
    if (file.fd.is_open()) {
      if (const auto text = read_all(file.fd.get())) return text;
    }
  }
  if (!file.what.empty()) {
    say_once(file.path,
             fmt::format("No {}: /{}: {}", file.what, relative(file.path), std::strerror(errno)));
  }
  file.fd.reset();
  file.failed_at = now;
  return {};
}

std::optional<std::string_view> HostFiles::read_once(const std::string& path) {
  const auto fd = open_file(root_fd_.get(), path);
  if (!fd.is_open()) return {};
  return read_all(fd.get());
}

std::string HostFiles::read_line(const std::string& path) {
  auto text = read_once(path);
  if (!text) return {};
  return std::string(monitor::trimmed(monitor::take_line(*text)));
}

std::optional<std::uint64_t> HostFiles::read_number(const std::string& path) {
  const auto text = read_once(path);
  if (!text) return {};
  return monitor::parse_u64(monitor::trimmed(*text));
}

std::vector<std::string> HostFiles::list(const std::string& path) const {
  std::vector<std::string> names;
  const int fd = ::openat(root_fd_.get(), relative(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return names;
  DIR* folder = ::fdopendir(fd);
  if (folder == nullptr) {
    ::close(fd);
    return names;
  }
  while (const auto* entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (names.size() >= kFolderEntriesMax) break;
    names.emplace_back(name);
  }
  ::closedir(folder);
  std::ranges::sort(names);
  return names;
}

bool HostFiles::is_folder(const std::string& path) const {
  struct stat status{};
  return ::fstatat(root_fd_.get(), relative(path), &status, 0) == 0 && S_ISDIR(status.st_mode);
}

std::string HostFiles::full_path(const std::string& path) const {
  return is_own_root() ? path : root_ + "/" + relative(path);
}

void HostFiles::say_once(const std::string& key, std::string sentence) {
  if (said_.size() >= kNoticesMax || !said_.insert(key).second) return;
  notices_.push_back(std::move(sentence));
}

std::vector<std::string> HostFiles::take_notices() { return std::exchange(notices_, {}); }

}  // namespace oriel::host

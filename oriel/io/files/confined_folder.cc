#include "oriel/io/files/confined_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "oriel/base/check.h"

namespace oriel::files {
namespace {

constexpr int kCopiesMax = 1000;
constexpr std::string_view kPartialSuffix = ".part";

std::string reason() { return std::strerror(errno); }

// Parts of a path that was checked.
std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts;
  while (true) {
    const auto slash = name.find('/');
    parts.emplace_back(name.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    name.remove_prefix(slash + 1);
  }
}

// On kernels before 5.6: part by part, following no link.
int open_step_by_step(int folder, std::string_view name, int flags, mode_t mode) {
  const auto parts = parts_of(name);
  int at = ::dup(folder);
  for (std::size_t part = 0; part + 1 < parts.size() && at >= 0; ++part) {
    const int next =
        ::openat(at, parts[part].c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    const int error = errno;
    ::close(at);
    errno = error;
    at = next;
  }
  if (at < 0) return at;
  const int opened = ::openat(at, parts.back().c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode);
  const int error = errno;
  ::close(at);
  errno = error;
  return opened;
}

bool is_regular(int descriptor) {
  struct stat status{};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

// "report.pdf", 2 -> "report (2).pdf"
std::string numbered(std::string_view name, int number) {
  const auto slash = name.rfind('/');
  const auto dot = name.rfind('.');
  const bool has_suffix = dot != std::string_view::npos &&
                          (slash == std::string_view::npos || dot > slash + 1) && dot > 0;
  const auto stem = has_suffix ? name.substr(0, dot) : name;
  const auto suffix = has_suffix ? name.substr(dot) : std::string_view();
  return fmt::format("{} ({}){}", stem, number, suffix);
}

// Names of partial files are made by the program, not by a stranger.
void check_partial(std::string_view name) {
  ORIEL_CHECK(name.starts_with('.') && name.ends_with(kPartialSuffix) &&
              name.find('/') == std::string_view::npos);
}

}  // namespace

Status check_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax)
    return fail(ErrorCode::kInvalid,
                fmt::format("a file's name has 1 to {} bytes, got {}", kNameBytesMax, name.size()));
  if (name.find('\0') != std::string_view::npos)
    return fail(ErrorCode::kInvalid, "a file's name contains no zero byte");
  if (name.starts_with('/'))
    return fail(ErrorCode::kInvalid, "a file's name is relative, but this begins with \"/\"");
  for (const auto& part : parts_of(name)) {
    if (part.empty())
      return fail(ErrorCode::kInvalid,
                  "a file's name has no empty part (\"//\" or \"/\" at its end)");
    if (part.starts_with('.'))
      return fail(ErrorCode::kInvalid,
                  "no part of a file's name begins with a dot: neither \"..\" nor hidden files");
  }
  return {};
}

File::~File() { ::close(descriptor_); }

Result<std::uint64_t> File::size_bytes() const {
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0) return fail(ErrorCode::kUnavailable, reason());
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::size_t> File::read_at(std::uint64_t offset, std::span<std::uint8_t> into) const {
  std::size_t done = 0;
  while (done < into.size()) {
    const auto count = ::pread(descriptor_, into.data() + done, into.size() - done,
                               static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(ErrorCode::kUnavailable, "reading failed: " + reason());
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

Status File::write_at(std::uint64_t offset, ByteSpan bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto count = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                                static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(ErrorCode::kUnavailable, "writing failed: " + reason());
    done += static_cast<std::size_t>(count);
  }
  return {};
}

Status File::truncate(std::uint64_t size_bytes) {
  if (::ftruncate(descriptor_, static_cast<off_t>(size_bytes)) != 0)
    return fail(ErrorCode::kUnavailable, "setting the size failed: " + reason());
  return {};
}

Status File::sync() {
  if (::fdatasync(descriptor_) != 0)
    return fail(ErrorCode::kUnavailable, "writing to the disk failed: " + reason());
  return {};
}

ConfinedFolder::ConfinedFolder(std::string path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

ConfinedFolder::~ConfinedFolder() { ::close(descriptor_); }

Result<std::shared_ptr<ConfinedFolder>> ConfinedFolder::open(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(ErrorCode::kUnavailable,
                fmt::format("the folder {} cannot be made: {}", path, reason()));
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return fail(ErrorCode::kUnavailable,
                fmt::format("the folder {} cannot be opened: {}", path, reason()));
  return std::shared_ptr<ConfinedFolder>(new ConfinedFolder(path, descriptor));
}

Result<int> ConfinedFolder::open_beneath(std::string_view name, int flags, mode_t mode) const {
  const std::string path(name);
  struct open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  auto opened =
      static_cast<int>(::syscall(SYS_openat2, descriptor_, path.c_str(), &how, sizeof how));
  if (opened < 0 && (errno == ENOSYS || errno == EPERM))
    opened = open_step_by_step(descriptor_, name, flags, mode);
  if (opened >= 0) return opened;
  if (errno == ELOOP || errno == EXDEV)
    return fail(ErrorCode::kRefused,
                fmt::format("\"{}\" is reached through a symbolic link, which is refused", name));
  return fail(ErrorCode::kUnavailable,
              errno == ENOENT ? fmt::format("there is no file \"{}\"", name)
                              : fmt::format("\"{}\" cannot be opened: {}", name, reason()));
}

Result<FilePointer> ConfinedFolder::open_file(std::string_view name) const {
  ORIEL_TRY_VOID(check_name(name));
  // Not waiting for the other end of a FIFO.
  ORIEL_TRY(const int descriptor, open_beneath(name, O_RDONLY | O_NONBLOCK, 0));
  auto file = std::make_shared<File>(descriptor);
  if (!is_regular(descriptor))
    return fail(ErrorCode::kRefused, fmt::format("\"{}\" is no regular file", name));
  return file;
}

Result<FilePointer> ConfinedFolder::open_partial(std::string_view name) const {
  check_partial(name);
  ORIEL_TRY(const int descriptor, open_beneath(name, O_RDWR | O_CREAT | O_NONBLOCK, 0600));
  auto file = std::make_shared<File>(descriptor);
  if (!is_regular(descriptor))
    return fail(ErrorCode::kRefused, fmt::format("\"{}\" is no regular file", name));
  return file;
}

namespace {

// The folder that holds the last part of a name, opened beneath another.
struct Place {
  int folder = -1;
  std::string last;

  ~Place() {
    if (folder >= 0) ::close(folder);
  }
};

}  // namespace

// The folder that a file of that name is in.
Result<int> ConfinedFolder::open_place(std::string_view name) const {
  const auto slash = name.rfind('/');
  if (slash == std::string_view::npos) return ::dup(descriptor_);
  const auto folder = name.substr(0, slash);
  auto opened = open_beneath(folder, O_RDONLY | O_DIRECTORY, 0);
  if (!opened && opened.error().code == ErrorCode::kUnavailable)
    return fail(ErrorCode::kUnavailable, fmt::format("there is no folder \"{}\"", folder));
  return opened;
}

Status ConfinedFolder::check_place(std::string_view name) const {
  ORIEL_TRY_VOID(check_name(name));
  Place place;
  ORIEL_TRY(place.folder, open_place(name));
  return {};
}

Result<std::string> ConfinedFolder::publish(std::string_view partial, std::string_view name) const {
  check_partial(partial);
  ORIEL_TRY_VOID(check_name(name));
  const auto slash = name.rfind('/');
  Place place;
  ORIEL_TRY(place.folder, open_place(name));
  for (int number = 1; number <= kCopiesMax; ++number) {
    const auto wanted = number == 1 ? std::string(name) : numbered(name, number);
    const auto last = slash == std::string_view::npos ? wanted : wanted.substr(slash + 1);
    if (::renameat2(descriptor_, std::string(partial).c_str(), place.folder, last.c_str(),
                    RENAME_NOREPLACE) == 0)
      return wanted;
    if (errno != EEXIST)
      return fail(ErrorCode::kUnavailable,
                  fmt::format("\"{}\" cannot be given its name: {}", name, reason()));
  }
  return fail(ErrorCode::kUnavailable, fmt::format("there are {} files \"{}\"", kCopiesMax, name));
}

Status ConfinedFolder::publish_over(std::string_view partial, std::string_view name) const {
  check_partial(partial);
  ORIEL_TRY_VOID(check_name(name));
  const auto slash = name.rfind('/');
  Place place;
  ORIEL_TRY(place.folder, open_place(name));
  place.last = std::string(slash == std::string_view::npos ? name : name.substr(slash + 1));
  if (::renameat(descriptor_, std::string(partial).c_str(), place.folder, place.last.c_str()) != 0)
    return fail(ErrorCode::kUnavailable,
                fmt::format("\"{}\" cannot be given its name: {}", name, reason()));
  return {};
}

void ConfinedFolder::remove_partial(std::string_view partial) const {
  check_partial(partial);
  ::unlinkat(descriptor_, std::string(partial).c_str(), 0);
}

namespace {

// Calls `see` with the name and status of each entry of the folder that is no link.
template <typename See>
Status walk(int folder, See see) {
  const int again = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* entries = again >= 0 ? ::fdopendir(again) : nullptr;
  if (entries == nullptr) {
    if (again >= 0) ::close(again);
    return fail(ErrorCode::kUnavailable, "the folder cannot be read: " + reason());
  }
  while (const auto* entry = ::readdir(entries)) {
    struct stat status{};
    if (::fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(status.st_mode))
      see(std::string_view(entry->d_name), status);
  }
  ::closedir(entries);
  return {};
}

}  // namespace

void ConfinedFolder::remove_partials_older_than(std::int64_t seconds) const {
  std::vector<std::string> old;
  const auto now = std::time(nullptr);
  (void)walk(descriptor_, [&](std::string_view name, const struct stat& status) {
    if (name.starts_with('.') && name.ends_with(kPartialSuffix) &&
        now - status.st_mtim.tv_sec > seconds)
      old.emplace_back(name);
  });
  for (const auto& name : old) remove_partial(name);
}

Result<std::vector<ListedFile>> ConfinedFolder::list() const {
  std::vector<ListedFile> listed;
  ORIEL_TRY_VOID(walk(descriptor_, [&](std::string_view name, const struct stat& status) {
    if (!name.starts_with('.') && listed.size() < kListedMax)
      listed.push_back({std::string(name), static_cast<std::uint64_t>(status.st_size)});
  }));
  std::ranges::sort(listed, {}, &ListedFile::name);
  return listed;
}

}  // namespace oriel::files

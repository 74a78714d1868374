#include "oriel/io/desktop/private_folder.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace oriel::desktop {
namespace {

const char* runtime_folder() {
  const char* folder = std::getenv("XDG_RUNTIME_DIR");
  return folder != nullptr && folder[0] == '/' ? folder : nullptr;
}

std::uint64_t free_bytes(const char* folder) {
  struct statvfs status{};
  if (statvfs(folder, &status) != 0) return 0;
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

}  // namespace

bool has_runtime_folder() {
  const char* folder = runtime_folder();
  struct stat status{};
  return folder != nullptr && stat(folder, &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == geteuid() && (status.st_mode & 077) == 0 &&
         access(folder, W_OK | X_OK) == 0;
}

Result<std::string> make_private_folder(std::uint64_t needed_bytes) {
  const char* runtime = has_runtime_folder() ? runtime_folder() : nullptr;
  for (const char* parent : {runtime, "/dev/shm", "/tmp"}) {
    if (parent == nullptr || free_bytes(parent) < needed_bytes) continue;
    std::string path = fmt::format("{}/oriel-{}-XXXXXX", parent, geteuid());
    if (mkdtemp(path.data()) != nullptr) return path;
  }
  return fail(
      ErrorCode::kUnavailable,
      fmt::format("no private folder can be made in $XDG_RUNTIME_DIR, /dev/shm or /tmp with "
                  "the {} MiB that the screen needs; make room, or give a smaller "
                  "--max-geometry",
                  needed_bytes / (1024 * 1024) + 1));
}

void remove_private_folder(const std::string& folder) {
  // Never follows links, and says nothing about what it may not remove (a dead FUSE mount).
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

}  // namespace oriel::desktop

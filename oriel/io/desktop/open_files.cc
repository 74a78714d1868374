#include "oriel/io/desktop/open_files.h"

#include <sys/resource.h>

#include <algorithm>

namespace oriel::desktop {
namespace {

// Of the process, as the limit itself is.
std::optional<std::uint64_t>& before() {
  static std::optional<std::uint64_t> limit;
  return limit;
}

}  // namespace

void raise_open_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == files.rlim_max) return;
  const auto was = files.rlim_cur;
  files.rlim_cur = files.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &files) == 0) before() = was;
}

std::optional<std::uint64_t> open_files_before() { return before(); }

void limit_open_files(std::uint64_t count) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = std::min<rlim_t>(count, files.rlim_max);
  (void)::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace oriel::desktop

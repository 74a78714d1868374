#include "oriel/app/web/token_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace oriel::web {

Status write_token_file(const std::string& path, const std::string& token) {
  if (token.empty()) return {};
  const auto draft = fmt::format("{}.{}", path, ::getpid());
  const int file =
      ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  const auto text = token + "\n";
  const bool is_written =
      file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  int error = errno;
  if (file >= 0) ::close(file);
  if (is_written && ::rename(draft.c_str(), path.c_str()) == 0) return {};
  if (is_written) error = errno;
  if (file >= 0) ::unlink(draft.c_str());
  return fail(ErrorCode::kInvalid,
              fmt::format("--token-file: {} cannot be written: {}", path, std::strerror(error)));
}

}  // namespace oriel::web

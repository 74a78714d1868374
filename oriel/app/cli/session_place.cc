#include "oriel/app/cli/session_place.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "oriel/app/client/connection_plan.h"
#include "oriel/core/conduit/login.h"

namespace oriel::cli {
namespace {

constexpr std::string_view kPrefix = "session-", kEnd = ".sock";
constexpr std::size_t kNameDigits = 16;

}  // namespace

Result<std::string> session_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const auto folder = runtime != nullptr && runtime[0] == '/'
                          ? fmt::format("{}/oriel", runtime)
                          : fmt::format("/tmp/oriel-{}", ::geteuid());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(ErrorCode::kUnavailable,
                fmt::format("cannot make the folder {}: {}; set XDG_RUNTIME_DIR to one of yours",
                            folder, std::strerror(errno)));
  struct stat status{};
  if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
      status.st_uid != ::geteuid() || (status.st_mode & 0077) != 0)
    return fail(ErrorCode::kRefused,
                fmt::format("{} is not yours alone; remove it, or set XDG_RUNTIME_DIR", folder));
  return folder;
}

Result<std::string> session_socket(const std::string& folder,
                                   const client::ConnectionOptions& options) {
  const auto plan = client::plan_connection(options, net::process_environment);
  if (!plan) return fail(ErrorCode::kInvalid, plan.error().message);
  // With the query, which may say to which machine a proxy leads.
  const auto name = conduit::password_hash(fmt::format("{}\n{}", plan->target.shown(), plan->user));
  return fmt::format("{}/{}{}{}", folder, kPrefix, name.substr(0, kNameDigits), kEnd);
}

std::vector<std::string> session_sockets(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(kPrefix) && name.ends_with(kEnd)) found.push_back(entry.path().string());
  }
  std::ranges::sort(found);
  return found;
}

std::optional<int> session_process(const std::string& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.size() >= sizeof address.sun_path) return std::nullopt;
  socket.copy(address.sun_path, socket.size());
  const int file = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (file < 0) return 0;
  std::optional<int> process;
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    process = ::getsockopt(file, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
  else if (errno != ECONNREFUSED && errno != ENOENT)
    process = 0;
  ::close(file);
  return process;
}

}  // namespace oriel::cli

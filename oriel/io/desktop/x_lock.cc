#include "oriel/io/desktop/x_lock.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <string>

#include "oriel/io/desktop/small_file.h"

namespace oriel::desktop {
namespace {

constexpr char kSocketFolder[] = "/tmp/.X11-unix";
constexpr std::size_t kMaxLockBytes = 64;

std::string lock_path(int number) { return fmt::format("/tmp/.X{}-lock", number); }
std::string socket_path(int number) { return fmt::format("{}/X{}", kSocketFolder, number); }

enum class SocketName { kPath, kAbstract };

bool does_answer(int number, SocketName kind) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = socket_path(number);
  const std::size_t skip = kind == SocketName::kAbstract ? 1 : 0;
  std::memcpy(address.sun_path + skip, path.data(), path.size());
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + skip + path.size());
  const int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (file < 0) return false;
  const bool is_connected =
      connect(file, reinterpret_cast<const sockaddr*>(&address), length) == 0 || errno == EAGAIN;
  close(file);
  return is_connected;
}

// A process id is used again after a while: a lock whose process is no X server is as stale as one
// whose process is gone.
bool is_x_server(pid_t pid) {
  if (kill(pid, 0) != 0 && errno == ESRCH) return false;
  const auto name = read_small_file(fmt::format("/proc/{}/comm", pid), kMaxLockBytes);
  return !name || name->starts_with("X");
}

}  // namespace

std::optional<pid_t> parse_x_lock(std::string_view contents) {
  while (!contents.empty() && contents.front() == ' ') contents.remove_prefix(1);
  pid_t pid = 0;
  const auto [end, error] =
      std::from_chars(contents.data(), contents.data() + contents.size(), pid);
  const std::string_view rest(end,
                              static_cast<std::size_t>(contents.data() + contents.size() - end));
  if (error != std::errc() || pid <= 0 || (!rest.empty() && rest != "\n")) return std::nullopt;
  return pid;
}

bool clear_stale_display(int number) {
  // A server in another container may be alive with a process id that means nothing here.
  if (does_answer(number, SocketName::kPath) || does_answer(number, SocketName::kAbstract)) {
    return false;
  }
  if (const auto contents = read_small_file(lock_path(number), kMaxLockBytes)) {
    const auto pid = parse_x_lock(*contents);
    // It may be starting, and not answer yet.
    if (pid && is_x_server(*pid)) return false;
  }
  const auto removed = [](const std::string& path) {
    return unlink(path.c_str()) == 0 || errno == ENOENT;
  };
  return removed(lock_path(number)) && removed(socket_path(number));
}

void remove_display_files(int number, pid_t owner) {
  const auto contents = read_small_file(lock_path(number), kMaxLockBytes);
  if (!contents || parse_x_lock(*contents) != owner) return;
  unlink(socket_path(number).c_str());
  unlink(lock_path(number).c_str());
}

void make_socket_folder() {
  if (mkdir(kSocketFolder, 0777) == 0) chmod(kSocketFolder, 01777);
}

}  // namespace oriel::desktop

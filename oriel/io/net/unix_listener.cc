#include "oriel/io/net/unix_listener.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <thread>
#include <utility>

#include "oriel/base/time.h"
#include "oriel/io/net/accept_loop.h"
#include "oriel/io/net/limits.h"

namespace oriel::net {
namespace {

using boost::asio::local::stream_protocol;
namespace sys = boost::system;

// Who finds a stale file and replaces it must not do so while another program does the same. The
// lock is on the folder, so that no file is left behind. A folder that cannot be locked (not
// readable, or a file system without locks) is used without.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder)
      : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    const auto until = Clock::now() + kUnixFolderWait;
    while (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 &&
           errno == EWOULDBLOCK && Clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

enum class Occupant { kNobody, kStale, kListening, kOtherFile, kUnknown };

// Whether somebody listens at `path`, which is the file of a socket.
Occupant ask(const std::string& path) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return Occupant::kUnknown;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int result = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
  const int error = result == 0 ? 0 : errno;
  ::close(socket);
  if (error == 0 || error == EAGAIN) return Occupant::kListening;  // its queue may be full
  if (error == ECONNREFUSED) return Occupant::kStale;
  return error == ENOENT ? Occupant::kNobody : Occupant::kUnknown;
}

Occupant occupant_of(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0)
    return errno == ENOENT ? Occupant::kNobody : Occupant::kUnknown;
  return S_ISSOCK(status.st_mode) ? ask(path) : Occupant::kOtherFile;
}

std::unexpected<Error> cannot_listen(const UnixListenOptions& options, std::string_view why,
                                     ErrorCode code = ErrorCode::kUnavailable) {
  return fail(code, fmt::format("cannot listen on unix:{}: {}; choose another path with {} "
                                "unix:PATH",
                                options.path, why, options.setting));
}

Status make_way(const UnixListenOptions& options) {
  switch (occupant_of(options.path)) {
    case Occupant::kNobody:
      return {};
    case Occupant::kStale:
      if (::unlink(options.path.c_str()) == 0 || errno == ENOENT) return {};
      return cannot_listen(options, fmt::format("the socket of a program that has ended cannot be "
                                                "removed ({})",
                                                std::strerror(errno)));
    case Occupant::kListening:
      return cannot_listen(options, "another program listens there, stop it");
    case Occupant::kOtherFile:
      return cannot_listen(options, "there is a file that is no socket, which stays");
    case Occupant::kUnknown:
      break;
  }
  return cannot_listen(
      options, fmt::format("who listens there cannot be found out ({})", std::strerror(errno)));
}

sys::error_code bind_to(stream_protocol::acceptor& acceptor, const std::string& path) {
  sys::error_code error;
  acceptor.open(stream_protocol(), error);
  if (!error) acceptor.bind(stream_protocol::endpoint(path), error);
  return error;
}

// A socket that is bound and does not listen yet refuses connections, so the mode is there first.
sys::error_code listen_with_mode(stream_protocol::acceptor& acceptor,
                                 const UnixListenOptions& options) {
  if (::fchmodat(AT_FDCWD, options.path.c_str(), options.mode, AT_SYMLINK_NOFOLLOW) != 0)
    return {errno, sys::system_category()};
  sys::error_code error;
  acceptor.listen(stream_protocol::acceptor::max_listen_connections, error);
  return error;
}

}  // namespace

Status check_unix_path(const std::string& path) {
  if (path.empty()) return fail(ErrorCode::kInvalid, "the path of the Unix socket is empty");
  if (path.find('\0') != path.npos)
    return fail(ErrorCode::kInvalid, "the path of the Unix socket has a zero in it");
  if (path.size() > kUnixPathBytesMax)
    return fail(ErrorCode::kTooLarge, fmt::format("the path of the Unix socket has {} bytes, at "
                                                  "most {} are possible",
                                                  path.size(), kUnixPathBytesMax));
  return {};
}

struct UnixListener::Accepting : AcceptLoop<stream_protocol> {
  using AcceptLoop::AcceptLoop;

  void remember_file() {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) return;
    device = status.st_dev;
    inode = status.st_ino;
  }
  // While the socket is open its inode is taken, so a file with the same number is the same file.
  bool has_its_file() const {
    struct stat status{};
    return ::lstat(path.c_str(), &status) == 0 && status.st_dev == device && status.st_ino == inode;
  }
  void remove_file() {
    if (acceptor.is_open() && has_its_file()) ::unlink(path.c_str());
  }

  std::string shown;
  std::filesystem::path path;  // absolute: the working folder may change
  dev_t device = 0;
  ino_t inode = 0;
};

Result<std::unique_ptr<UnixListener>> UnixListener::listen(boost::asio::any_io_executor executor,
                                                           const UnixListenOptions& options,
                                                           OnConnection on_connection) {
  if (auto status = check_unix_path(options.path); !status)
    return cannot_listen(options, status.error().message, status.error().code);
  std::error_code no_folder;
  auto accepting = std::make_shared<Accepting>(executor, std::move(on_connection));
  accepting->shown = options.path;
  accepting->path = std::filesystem::absolute(options.path, no_folder);
  if (no_folder) return cannot_listen(options, no_folder.message());
  const FolderLock lock(accepting->path.parent_path());
  ORIEL_TRY_VOID(make_way(options));
  if (const auto error = bind_to(accepting->acceptor, options.path))
    return cannot_listen(options, error.message());
  accepting->remember_file();
  if (const auto error = listen_with_mode(accepting->acceptor, options)) {
    accepting->remove_file();
    return cannot_listen(options, error.message());
  }
  accepting->start(accepting);
  return std::unique_ptr<UnixListener>(new UnixListener(std::move(accepting)));
}

UnixListener::UnixListener(std::shared_ptr<Accepting> accepting)
    : accepting_(std::move(accepting)) {}

UnixListener::~UnixListener() { close(); }

std::string UnixListener::address() const { return "unix:" + accepting_->shown; }

void UnixListener::close() {
  accepting_->remove_file();
  accepting_->close();
}

}  // namespace oriel::net

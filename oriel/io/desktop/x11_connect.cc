#include "oriel/io/desktop/x11_connect.h"

#include <X11/Xauth.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <xcb/xcb.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "oriel/base/time.h"
#include "oriel/io/desktop/limits.h"

namespace oriel::desktop {
namespace {

constexpr int kTcpPortBase = 6000;
// How soon a connection that is under way sees that it was given up.
constexpr int kAbandonedPollMs = 50;

// The parts of a display's name.
struct DisplayName {
  std::string host;  // empty: this machine, by a Unix socket
  int number = 0;
  int screen = 0;
};

Result<DisplayName> parse_name(const std::string& display) {
  char* host = nullptr;
  DisplayName name;
  if (xcb_parse_display(display.c_str(), &host, &name.number, &name.screen) == 0) {
    return fail(
        ErrorCode::kInvalid,
        fmt::format("'{}' is not the name of an X display; expected one such as ':0'", display));
  }
  name.host = host;
  std::free(host);
  if (name.host == "unix") name.host.clear();
  return name;
}

class Socket {
 public:
  explicit Socket(int file) : file_(file) {}
  ~Socket() {
    if (file_ >= 0) close(file_);
  }
  Socket(Socket&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  int get() const { return file_; }
  int release() { return std::exchange(file_, -1); }

 private:
  int file_;
};

// Whether the connection came about in time.
bool wait_connected(const Socket& socket, const X11OpenGuard* guard) {
  const TimePoint deadline = Clock::now() + kDisplayOpenTimeout;
  pollfd file{socket.get(), POLLOUT, 0};
  while (poll(&file, 1, kAbandonedPollMs) <= 0) {
    if (Clock::now() >= deadline || (guard != nullptr && guard->is_abandoned())) {
      errno = ETIMEDOUT;
      return false;
    }
  }
  socklen_t size = sizeof errno;
  int error = 0;
  getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  errno = error;
  return error == 0;
}

std::optional<Socket> connect_to(const sockaddr* address, socklen_t size,
                                 const X11OpenGuard* guard) {
  Socket made(socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (made.get() < 0) return std::nullopt;
  if (connect(made.get(), address, size) == 0) return made;
  if (errno != EINPROGRESS || !wait_connected(made, guard)) return std::nullopt;
  return made;
}

// The abstract name first, as X clients do: it cannot be in the way of another.
std::optional<Socket> connect_unix(int number, const X11OpenGuard* guard) {
  const std::string path = fmt::format("/tmp/.X11-unix/X{}", number);
  for (const bool is_abstract : {true, false}) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path + (is_abstract ? 1 : 0), sizeof address.sun_path - 2);
    const auto size = offsetof(sockaddr_un, sun_path) + 1 + path.size();
    if (auto made = connect_to(reinterpret_cast<const sockaddr*>(&address),
                               static_cast<socklen_t>(size), guard)) {
      return made;
    }
  }
  return std::nullopt;
}

std::optional<Socket> connect_tcp(const DisplayName& name, X11OpenGuard* guard) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (guard != nullptr && !guard->begin_lookup()) return std::nullopt;
  const int error = getaddrinfo(name.host.c_str(),
                                std::to_string(kTcpPortBase + name.number).c_str(), &hints, &found);
  if (guard != nullptr) guard->end_lookup();
  if (error != 0) {
    errno = EHOSTUNREACH;
    return std::nullopt;
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    if (guard != nullptr && guard->is_abandoned()) break;
    if (auto made = connect_to(address->ai_addr, address->ai_addrlen, guard)) {
      const int on = 1;
      setsockopt(made->get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      setsockopt(made->get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
      return made;
    }
  }
  return std::nullopt;
}

// What an authority file calls the peer: its address, or this machine's name when it is this
// machine (Xsecurity(7)).
struct Peer {
  unsigned short family = FamilyLocal;
  std::string address;
};

Peer peer_of(const Socket& socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  getpeername(socket.get(), reinterpret_cast<sockaddr*>(&storage), &size);
  if (storage.ss_family == AF_INET) {
    const auto& address = reinterpret_cast<const sockaddr_in&>(storage).sin_addr;
    if (ntohl(address.s_addr) != INADDR_LOOPBACK)
      return {XCB_FAMILY_INTERNET, {reinterpret_cast<const char*>(&address), sizeof address}};
  } else if (storage.ss_family == AF_INET6) {
    const auto& address = reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr;
    const auto* bytes = reinterpret_cast<const char*>(&address);
    if (IN6_IS_ADDR_V4MAPPED(&address)) return {XCB_FAMILY_INTERNET, {bytes + 12, 4}};
    if (!IN6_IS_ADDR_LOOPBACK(&address)) return {XCB_FAMILY_INTERNET_6, {bytes, sizeof address}};
  }
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return {FamilyLocal, host.data()};
}

// The cookie that the user's authority file has for the display; nothing: try without.
std::optional<std::string> find_cookie(const Socket& socket, int number) {
  const Peer peer = peer_of(socket);
  const std::string display = std::to_string(number);
  std::string protocol(kCookieProtocol);
  char* protocols[] = {protocol.data()};
  const int lengths[] = {static_cast<int>(protocol.size())};
  const std::unique_ptr<Xauth, decltype(&XauDisposeAuth)> entry(
      XauGetBestAuthByAddr(peer.family, static_cast<unsigned short>(peer.address.size()),
                           peer.address.data(), static_cast<unsigned short>(display.size()),
                           display.data(), 1, protocols, lengths),
      XauDisposeAuth);
  if (!entry) return std::nullopt;
  return std::string(entry->data, entry->data_length);
}

}  // namespace

X11OpenGuard::~X11OpenGuard() {
  if (socket_ >= 0) close(socket_);
}

void X11OpenGuard::abandon() {
  const std::lock_guard lock(mutex_);
  is_abandoned_ = true;
  if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
}

bool X11OpenGuard::is_abandoned() const {
  const std::lock_guard lock(mutex_);
  return is_abandoned_;
}

bool X11OpenGuard::can_end() const {
  const std::lock_guard lock(mutex_);
  return !is_looking_up_;
}

bool X11OpenGuard::watch(int socket) {
  const std::lock_guard lock(mutex_);
  if (is_abandoned_) return false;
  socket_ = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  return true;
}

bool X11OpenGuard::begin_lookup() {
  const std::lock_guard lock(mutex_);
  is_looking_up_ = !is_abandoned_;
  return is_looking_up_;
}

void X11OpenGuard::end_lookup() {
  const std::lock_guard lock(mutex_);
  is_looking_up_ = false;
}

Result<X11Connection> connect_x11(const X11Address& address, X11OpenGuard* guard) {
  ORIEL_TRY(const auto name, parse_name(address.display));
  auto socket = name.host.empty() ? connect_unix(name.number, guard) : connect_tcp(name, guard);
  const auto unavailable = [&address] {
    return fail(ErrorCode::kUnavailable,
                fmt::format("cannot open the X display '{}'; is it running, and may you use its "
                            "XAUTHORITY?",
                            address.display));
  };
  // A Unix socket whose server takes no connections any more says so at once.
  if (!socket) {
    if (errno != ETIMEDOUT && errno != EAGAIN) return unavailable();
    return fail(ErrorCode::kTimeout, silent_display_message(address.display));
  }
  if (guard != nullptr && !guard->watch(socket->get())) return unavailable();

  std::string protocol(kCookieProtocol);
  auto cookie = address.cookie
                    ? std::optional(std::string(address.cookie->begin(), address.cookie->end()))
                    : find_cookie(*socket, name.number);
  xcb_auth_info_t auth{};
  if (cookie) {
    auth = {static_cast<int>(protocol.size()), protocol.data(), static_cast<int>(cookie->size()),
            cookie->data()};
  }
  xcb_connection_t* connection = xcb_connect_to_fd(socket->release(), cookie ? &auth : nullptr);
  if (xcb_connection_has_error(connection) != 0) {
    xcb_disconnect(connection);
    return unavailable();
  }
  return X11Connection{connection, name.screen};
}

std::string silent_display_message(const std::string& display) {
  return fmt::format(
      "the X display '{}' does not answer within {} s; has its server stopped, or is its machine "
      "out of reach?",
      display, std::chrono::duration_cast<std::chrono::seconds>(kDisplayOpenTimeout).count());
}

}  // namespace oriel::desktop

#include "oriel/io/net/tcp_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/io/net/limits.h"
#include "oriel/io/net/no_throw.h"

namespace oriel::net {
namespace {

using boost::asio::awaitable;
using boost::asio::const_buffer;
using Socket = boost::asio::generic::stream_protocol::socket;

constexpr std::string_view kUnix = "unix";

std::unexpected<Error> closed_by_peer() {
  return fail(ErrorCode::kClosed, "the peer closed the connection");
}

std::unexpected<Error> lost(const std::string& reason) {
  return fail(ErrorCode::kClosed, fmt::format("the connection was lost: {}", reason));
}

std::unexpected<Error> lost(const boost::system::error_code& error) {
  return error == boost::asio::error::eof ? closed_by_peer() : lost(error.message());
}

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

bool is_tcp(Socket& socket) {
  boost::system::error_code error;
  auto family = socket.local_endpoint(error).protocol().family();
  return !error && (family == AF_INET || family == AF_INET6);
}

std::optional<unsigned> uid_of_peer(int socket) {
  ucred peer{};
  socklen_t length = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return std::nullopt;
  return peer.uid;
}

// Failures are ignored: a socket without one of these options works, only less well.
void tune(int socket) {
  auto set = [&](int level, int option, int value) {
    (void)::setsockopt(socket, level, option, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(IPPROTO_TCP, TCP_NOTSENT_LOWAT, kNotSentLowWaterBytes);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveIdleSeconds);
  set(IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveIntervalSeconds);
  set(IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveProbes);
}

// Of the kernel's own addresses no packet leaves the machine or comes from outside.
bool is_loopback(const boost::asio::generic::stream_protocol::endpoint& endpoint) {
  if (endpoint.protocol().family() == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, endpoint.data(), sizeof v4);
    return ntohl(v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
  }
  if (endpoint.protocol().family() != AF_INET6) return false;
  sockaddr_in6 v6;
  std::memcpy(&v6, endpoint.data(), sizeof v6);
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) ||
         (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) && v6.sin6_addr.s6_addr[12] == IN_LOOPBACKNET);
}

class SocketStream final : public Stream {
 public:
  explicit SocketStream(Socket socket) : socket_(std::move(socket)) {
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
    // Programs that are started beside us must not keep a connection open. Asio does not ask for
    // it.
    (void)::fcntl(socket_.native_handle(), F_SETFD, FD_CLOEXEC);
    is_tcp_ = is_tcp(socket_);
    if (is_tcp_) tune(socket_.native_handle());
    peer_ = describe_endpoint(socket_.remote_endpoint(ignored));
    local_ = describe_endpoint(socket_.local_endpoint(ignored));
    if (peer_ == kUnix) peer_uid_ = uid_of_peer(socket_.native_handle());
    is_private_ = peer_ == kUnix || is_loopback(socket_.remote_endpoint(ignored));
  }

  // Asio tries the read at once, and again when the reactor reports input: no call is wasted.
  awaitable<Result<std::size_t>> read_some(std::span<std::uint8_t> into) override {
    auto [error, count] =
        co_await socket_.async_read_some(boost::asio::buffer(into.data(), into.size()), kNoThrow);
    if (error) co_return lost(error);
    co_return count;
  }

  Result<std::size_t> try_read(std::span<std::uint8_t> into) override {
    if (!socket_.is_open()) return closed_by_peer();
    auto count = ::recv(socket_.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
    if (count > 0) return static_cast<std::size_t>(count);
    if (count == 0) return closed_by_peer();
    if (would_block(errno)) return 0;
    return lost(std::strerror(errno));
  }

  awaitable<Result<std::size_t>> write_some(std::span<const ByteSpan> pieces) override {
    ORIEL_CHECK(!pieces.empty() && pieces.size() <= kMaxWritePieces);
    std::array<const_buffer, kMaxWritePieces> buffers;
    std::ranges::transform(pieces, buffers.begin(),
                           [](ByteSpan piece) { return const_buffer(piece.data(), piece.size()); });
    auto [error, count] = co_await socket_.async_write_some(
        std::span<const const_buffer>(buffers.data(), pieces.size()), kNoThrow);
    if (error) co_return lost(error);
    co_return count;
  }

  Result<std::size_t> try_write(std::span<const ByteSpan> pieces) override {
    ORIEL_CHECK(!pieces.empty() && pieces.size() <= kMaxWritePieces);
    if (!socket_.is_open()) return closed_by_peer();
    std::array<iovec, kMaxWritePieces> vectors;
    std::ranges::transform(pieces, vectors.begin(), [](ByteSpan piece) {
      return iovec{const_cast<std::uint8_t*>(piece.data()), piece.size()};
    });
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = pieces.size();
    auto count = ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (would_block(errno)) return 0;
    return lost(std::strerror(errno));
  }

  awaitable<Status> wait_writable() override {
    auto [error] = co_await socket_.async_wait(Socket::wait_write, kNoThrow);
    if (error) co_return lost(error);
    co_return Status{};
  }

  bool is_writable_now() const override {
    pollfd wanted{const_cast<Socket&>(socket_).native_handle(), POLLOUT, 0};
    return socket_.is_open() && ::poll(&wanted, 1, 0) == 1 && (wanted.revents & POLLOUT) != 0;
  }

  bool is_flushed() const override { return socket_.is_open(); }

  awaitable<void> shutdown_send() override {
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    co_return;
  }

  std::optional<Duration> round_trip() const override {
    tcp_info info{};
    socklen_t length = sizeof info;
    if (!is_tcp_ || !socket_.is_open() ||
        ::getsockopt(const_cast<Socket&>(socket_).native_handle(), IPPROTO_TCP, TCP_INFO, &info,
                     &length) != 0)
      return std::nullopt;
    return std::chrono::microseconds(info.tcpi_rtt);
  }

  std::size_t unsent_bytes() const override {
    int count = 0;
    auto request = is_tcp_ ? SIOCOUTQNSD : SIOCOUTQ;
    if (!socket_.is_open()) return 0;
    if (::ioctl(const_cast<Socket&>(socket_).native_handle(), request, &count) != 0) return 0;
    return static_cast<std::size_t>(std::max(count, 0));
  }

  void close() override {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

  std::string peer() const override { return peer_; }
  std::string local() const override { return local_; }
  bool is_private() const override { return is_private_; }
  std::optional<unsigned> peer_uid() const override { return peer_uid_; }

 private:
  Socket socket_;
  bool is_tcp_ = false;
  bool is_private_ = false;
  std::string peer_;
  std::string local_;
  std::optional<unsigned> peer_uid_;
};

}  // namespace

StreamPointer make_socket_stream(Socket socket) {
  return std::make_unique<SocketStream>(std::move(socket));
}

std::string describe_endpoint(const boost::asio::generic::stream_protocol::endpoint& endpoint) {
  namespace ip = boost::asio::ip;
  auto family = endpoint.protocol().family();
  if (family == AF_UNIX) return std::string(kUnix);
  if (family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, endpoint.data(), sizeof v4);
    auto address = ip::address_v4(ntohl(v4.sin_addr.s_addr));
    return fmt::format("{}:{}", address.to_string(), ntohs(v4.sin_port));
  }
  if (family != AF_INET6) return "unknown";
  sockaddr_in6 v6;
  std::memcpy(&v6, endpoint.data(), sizeof v6);
  ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  auto address = ip::address_v6(bytes);
  if (address.is_v4_mapped()) {
    auto v4 = ip::make_address_v4(ip::v4_mapped, address);
    return fmt::format("{}:{}", v4.to_string(), ntohs(v6.sin6_port));
  }
  return fmt::format("[{}]:{}", address.to_string(), ntohs(v6.sin6_port));
}

}  // namespace oriel::net

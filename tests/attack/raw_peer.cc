#include "tests/attack/raw_peer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "oriel/base/byte_reader.h"
#include "oriel/core/crypto/des_challenge.h"

namespace oriel::attack {
namespace {

sockaddr_in loopback(int last_byte, int port) {
  return {AF_INET,
          htons(static_cast<std::uint16_t>(port)),
          {htonl(0x7f000000u | static_cast<std::uint32_t>(last_byte))},
          {}};
}

}  // namespace

RawPeer::RawPeer(int port, int from) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const auto ours = loopback(from, 0), theirs = loopback(1, port);
  ::bind(fd_, reinterpret_cast<const sockaddr*>(&ours), sizeof ours);
  is_connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&theirs), sizeof theirs) == 0;
  ::fcntl(fd_, F_SETFL, O_NONBLOCK);
}

RawPeer::~RawPeer() {
  if (fd_ >= 0) ::close(fd_);
}

RawPeer::RawPeer(RawPeer&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), is_connected_(other.is_connected_) {}

RawPeer& RawPeer::operator=(RawPeer&& other) noexcept {
  std::swap(fd_, other.fd_);
  is_connected_ = other.is_connected_;
  return *this;
}

bool RawPeer::wait_for(short events, int milliseconds) const {
  pollfd wanted{fd_, events, 0};
  return ::poll(&wanted, 1, milliseconds) == 1;
}

bool RawPeer::say(ByteSpan bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0)
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    else if (errno != EAGAIN || !wait_for(POLLOUT, 200))
      return false;
  }
  return true;
}

std::size_t RawPeer::say_some(ByteSpan bytes) {
  const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent > 0) return static_cast<std::size_t>(sent);
  wait_for(POLLIN | POLLOUT, 5);
  return 0;
}

Bytes RawPeer::hear(std::size_t count, int patience_ms) {
  Bytes all(count);
  std::size_t have = 0;
  while (have < count) {
    const auto got = ::recv(fd_, all.data() + have, count - have, 0);
    if (got > 0)
      have += static_cast<std::size_t>(got);
    else if (got == 0 || errno != EAGAIN || !wait_for(POLLIN, patience_ms))
      break;
  }
  all.resize(have);
  return all;
}

bool RawPeer::drain() {
  static thread_local Bytes dropped(256 * 1024);
  for (int i = 0; i < 16; ++i) {
    const auto got = ::recv(fd_, dropped.data(), dropped.size(), 0);
    if (got == 0) return false;
    if (got < 0) return errno == EAGAIN;
  }
  return true;
}

void RawPeer::reset_at_the_end() {
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void RawPeer::close_half() { ::shutdown(fd_, SHUT_WR); }

bool RawPeer::join(const std::string& password) {
  say("RFB 003.008\n");
  const auto types = hear(13);
  if (types.size() < 13 || types[12] == 0) return false;
  hear(types[12]);
  say("\2");
  const auto bytes = hear(16);
  if (bytes.size() < 16) return false;
  crypto::Challenge challenge;
  std::ranges::copy(bytes, challenge.begin());
  say(ByteSpan(crypto::des_challenge_response(challenge, password)));
  const auto result = hear(4);
  if (result.size() < 4 || result[3] != 0) return false;
  say("\1");
  const auto init = hear(24);
  if (init.size() < 24) return false;
  hear(ByteReader(ByteSpan(init).subspan(20)).u32());
  return true;
}

}  // namespace oriel::attack

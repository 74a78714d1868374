#include "oriel/testing/conduit/raw_peer.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/core/conduit/login.h"

namespace oriel::testing {

using namespace conduit;

namespace {

constexpr int kPatienceMs = 10'000;

}  // namespace

RawPeer::RawPeer(std::uint16_t port, int receive_buffer_bytes, bool is_ipv6)
    : socket_(::socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  ORIEL_CHECK(socket_ >= 0);
  if (receive_buffer_bytes > 0)
    ORIEL_CHECK(::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                             sizeof receive_buffer_bytes) == 0);
  if (is_ipv6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    address.sin6_addr = in6addr_loopback;
    ORIEL_CHECK(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ORIEL_CHECK(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
}

RawPeer::RawPeer(const std::string& unix_path)
    : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ORIEL_CHECK(unix_path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, unix_path.c_str(), unix_path.size() + 1);
  ORIEL_CHECK(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

RawPeer::~RawPeer() { close(); }

RawPeer::RawPeer(RawPeer&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      pending_(std::move(other.pending_)),
      correlation_(other.correlation_) {}

void RawPeer::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

bool RawPeer::send(ByteSpan bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

bool RawPeer::has_more() {
  pollfd waits{.fd = socket_, .events = POLLIN, .revents = 0};
  if (::poll(&waits, 1, kPatienceMs) <= 0) return false;
  Bytes more(256 * 1024);
  const auto count = ::recv(socket_, more.data(), more.size(), 0);
  if (count <= 0) return false;
  pending_.insert(pending_.end(), more.begin(), more.begin() + count);
  return true;
}

std::optional<ReadFrame> RawPeer::next() {
  while (true) {
    if (pending_.size() >= kHeaderBytes) {
      const auto header = parse_frame_header(pending_, kWirePayloadBytesMax);
      ORIEL_CHECK(header);
      const auto bytes = kHeaderBytes + header->payload_bytes;
      if (pending_.size() >= bytes) {
        auto frames = read_frames(ByteSpan(pending_).first(bytes));
        pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(bytes));
        return std::move(frames.front());
      }
    }
    if (!has_more()) return std::nullopt;
  }
}

std::optional<ReadFrame> RawPeer::next(FrameType type) {
  while (auto frame = next())
    if (frame->type == type) return frame;
  return std::nullopt;
}

std::optional<ReadFrame> RawPeer::log_in(const std::string& password) {
  send(hash_log_in(password));
  return next();
}

Value RawPeer::call(std::string_view method, const Value& params) {
  const auto correlation = ++correlation_;
  send(testing::call(correlation, method, params));
  while (auto frame = next(FrameType::kRpcResponse)) {
    if (frame->correlation != correlation) continue;
    const auto* envelope = frame->payload.find("result");
    return envelope != nullptr ? *envelope : Value("no envelope");
  }
  return "no answer";
}

bool RawPeer::is_ended() {
  pending_.clear();
  pollfd waits{.fd = socket_, .events = POLLIN, .revents = 0};
  while (::poll(&waits, 1, kPatienceMs) > 0) {
    char dropped[4096];
    if (::recv(socket_, dropped, sizeof dropped, 0) <= 0) return true;
  }
  return false;
}

Bytes hash_log_in(const std::string& password) {
  return frame(FrameType::kAuthRequest,
               Map{{"password_hash", password_hash(password)},
                   {"client_info", Map{{"name", "test"}, {"version", "1"}, {"oriel", 1}}}});
}

}  // namespace oriel::testing

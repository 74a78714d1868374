#include "tests/support/monitor_readers.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace oriel::support {
namespace {

constexpr std::size_t kBufferBytes = 1 << 18;
constexpr std::uint8_t kText = 1, kClose = 8, kPing = 9, kPong = 10;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

void send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) fail("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

// RFC 6455, 5.2. A mask of zeros is a mask.
std::string frame(std::uint8_t opcode, std::string_view payload) {
  std::string bytes;
  bytes += static_cast<char>(0x80 | opcode);
  if (payload.size() < 126) {
    bytes += static_cast<char>(0x80 | payload.size());
  } else {
    bytes += static_cast<char>(0x80 | 126);
    bytes += static_cast<char>(payload.size() >> 8);
    bytes += static_cast<char>(payload.size() & 255);
  }
  bytes.append(4, '\0');
  bytes += payload;
  return bytes;
}

int connect_to(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail("connect");
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

// What came after the answer's head.
std::string shake_hands(int fd, int port, bool offers_compression) {
  const std::string extension =
      offers_compression
          ? "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
          : "";
  send_all(fd, "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                   "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                   extension + "Sec-WebSocket-Version: 13\r\n\r\n");
  std::string head;
  std::array<char, 4096> bytes{};
  while (head.find("\r\n\r\n") == head.npos) {
    const auto count = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (count <= 0) fail("the server did not answer");
    head.append(bytes.data(), static_cast<std::size_t>(count));
  }
  if (!head.starts_with("HTTP/1.1 101")) throw std::runtime_error("no WebSocket: " + head);
  return head.substr(head.find("\r\n\r\n") + 4);
}

constexpr std::int64_t kDayUs = 86'400'000'000;

// Microseconds of the local day, from "2026-11-20T13:47:50.991384"; the fraction may be missing.
std::int64_t day_us_of(std::string_view timestamp) {
  int hour = 0, minute = 0, second = 0, fraction = 0;
  const std::string text(timestamp);
  if (std::sscanf(text.c_str(), "%*d-%*d-%*dT%d:%d:%d.%6d", &hour, &minute, &second, &fraction) <
      3) {
    return -1;
  }
  return ((hour * 60 + minute) * 60 + second) * std::int64_t{1'000'000} + fraction;
}

std::int64_t day_us_now() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  tm local{};
  ::localtime_r(&now.tv_sec, &local);
  return ((local.tm_hour * 60 + local.tm_min) * 60 + local.tm_sec) * std::int64_t{1'000'000} +
         now.tv_nsec / 1000;
}

}  // namespace

MonitorReaders::MonitorReaders(int port, bool keeps_delays)
    : port_(port),
      keeps_delays_(keeps_delays),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      buffer_(kBufferBytes, '\0') {
  if (epoll_ < 0) fail("epoll_create1");
}

MonitorReaders::~MonitorReaders() {
  for (auto& reader : readers_) ::close(reader->fd);
  ::close(epoll_);
}

void MonitorReaders::open(std::string_view request) {
  auto reader = std::make_unique<Reader>();
  reader->fd = connect_to(port_);
  reader->partial = shake_hands(reader->fd, port_, offers_compression_);
  if (!request.empty()) send_all(reader->fd, frame(kText, request));
  const auto rest = std::exchange(reader->partial, {});
  reader->partial = rest.substr(take_frames(*reader, rest));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = reader.get();
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, reader->fd, &event) != 0) fail("epoll_ctl");
  readers_.push_back(std::move(reader));
}

void MonitorReaders::close_oldest(bool is_polite) {
  const auto reader = std::move(readers_.front());
  readers_.pop_front();
  // The server may have ended it already.
  if (is_polite) {
    const auto bytes = frame(kClose, std::string_view("\x03\xe8", 2));
    (void)::send(reader->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  ::close(reader->fd);
}

void MonitorReaders::read_until(std::chrono::steady_clock::time_point until) {
  std::array<epoll_event, 256> events{};
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return;
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                   static_cast<int>(left.count()));
    for (int i = 0; i < count; ++i) {
      read(*static_cast<Reader*>(events.at(static_cast<std::size_t>(i)).data.ptr));
    }
  }
}

void MonitorReaders::read(Reader& reader) {
  const auto count = ::recv(reader.fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    ++counts_.ended;
    reader.is_open = false;
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, reader.fd, nullptr);
    return;
  }
  const std::string_view got(buffer_.data(), static_cast<std::size_t>(count));
  if (reader.partial.empty()) {
    reader.partial = got.substr(take_frames(reader, got));
    return;
  }
  reader.partial += got;
  reader.partial.erase(0, take_frames(reader, reader.partial));
}

// The number of bytes that were whole frames. Messages come in one frame each.
std::size_t MonitorReaders::take_frames(Reader& reader, std::string_view bytes) {
  std::size_t taken = 0;
  for (;;) {
    const auto left = bytes.substr(taken);
    if (left.size() < 2) return taken;
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(left[at]); };
    std::size_t size = byte(1) & 127, head = 2;
    const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (left.size() < head + more) return taken;
    if (more > 0) size = 0;
    for (std::size_t i = 0; i < more; ++i) size = size << 8 | byte(head + i);
    head += more;
    if (left.size() < head + size) return taken;
    const auto opcode = static_cast<std::uint8_t>(byte(0) & 15);
    const auto payload = left.substr(head, size);
    constexpr std::uint8_t kCompressed = 0x40;
    if (opcode == kText && (byte(0) & kCompressed) == 0) take_message(payload);
    if (opcode == kText && (byte(0) & kCompressed) != 0) {
      ++counts_.messages;
      ++counts_.documents;
      counts_.bytes += payload.size();
    }
    if (opcode == kPing) send_all(reader.fd, frame(kPong, payload));
    taken += head + size;
  }
}

void MonitorReaders::take_message(std::string_view text) {
  ++counts_.messages;
  counts_.bytes += text.size();
  // Both stand at its beginning.
  const auto head = text.substr(0, 160);
  if (head.find("\"monitoring_data\"") == head.npos) return;
  ++counts_.documents;
  if (!keeps_delays_) return;
  constexpr std::string_view kKey = "\"timestamp\": \"";
  const auto at = head.find(kKey);
  if (at == head.npos) return;
  const auto sent = day_us_of(head.substr(at + kKey.size(), 26));
  const auto delay = (day_us_now() - sent + kDayUs) % kDayUs;
  if (sent >= 0)
    counts_.delays_us.push_back(
        static_cast<std::uint32_t>(std::min<std::int64_t>(delay, UINT32_MAX)));
}

double process_cpu_seconds(int pid) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace oriel::support

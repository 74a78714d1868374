#include "bench/conduit_load.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <exception>
#include <span>
#include <stdexcept>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace oriel::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kIdAt = 16;
constexpr std::size_t kBufferBytes = 256 * 1024;

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

std::size_t checked(ssize_t result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return static_cast<std::size_t>(result);
}

template <typename T>
void put(T number, std::uint8_t* at) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    at[i] = static_cast<std::uint8_t>(number >> (8 * (sizeof(T) - 1 - i)));
}

template <typename T>
T get(const std::uint8_t* at) {
  T number = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) number = static_cast<T>(number << 8 | at[i]);
  return number;
}

void no_delay(int fd) {
  const int yes = 1;
  checked(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes), "TCP_NODELAY");
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void raise_open_files() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void watch(int epoll, int fd, std::uint32_t events, int operation) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  checked(epoll_ctl(epoll, operation, fd, &event), "epoll_ctl");
}

void write_all(int fd, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    bytes = bytes.subspan(checked(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL), "send"));
  }
}

// One answer after the other, of bytes as they come.
class FrameCutter {
 public:
  // Calls `take(id)` for each frame that ends in `bytes`.
  void feed(std::span<const std::uint8_t> bytes, const auto& take) {
    while (!bytes.empty()) {
      if (header_bytes_ < kHeaderBytes) {
        const auto more = std::min(kHeaderBytes - header_bytes_, bytes.size());
        std::memcpy(header_.data() + header_bytes_, bytes.data(), more);
        header_bytes_ += more;
        bytes = bytes.subspan(more);
        if (header_bytes_ < kHeaderBytes) return;
        if (std::memcmp(header_.data(), "CNDT", 4) != 0)
          throw std::runtime_error("the server sent what is no frame");
        payload_left_ = get<std::uint32_t>(header_.data() + 12);
      }
      const auto more = std::min(payload_left_, bytes.size());
      payload_left_ -= more;
      bytes = bytes.subspan(more);
      if (payload_left_ > 0) return;
      header_bytes_ = 0;
      take(get<std::uint16_t>(header_.data() + 6), get<std::uint64_t>(header_.data() + kIdAt));
    }
  }

 private:
  std::array<std::uint8_t, kHeaderBytes> header_{};
  std::size_t header_bytes_ = 0;
  std::size_t payload_left_ = 0;
};

// An epoll loop that gives each connection's bytes to a state of its own:
// state.receive(fd, bytes) queues in state.output; nothing more is read while that is not empty.
template <typename State>
void serve_epoll(const Socket& listener, const State& fresh) {
  const Socket epoll(checked(epoll_create1(0), "epoll_create1"));
  watch(epoll.fd(), listener.fd(), EPOLLIN, EPOLL_CTL_ADD);
  std::unordered_map<int, std::pair<Socket, State>> connections;
  std::vector<std::uint8_t> buffer(kBufferBytes);
  std::array<epoll_event, 64> events{};
  while (true) {
    const int count = epoll_wait(epoll.fd(), events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[i].data.fd;
      if (fd == listener.fd()) {
        auto socket = listener.accept();
        const int accepted = socket.fd();
        watch(epoll.fd(), accepted, EPOLLIN, EPOLL_CTL_ADD);
        connections.emplace(accepted, std::pair(std::move(socket), fresh));
        continue;
      }
      auto& state = connections.at(fd).second;
      if (state.output.empty()) {
        const auto got = recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got <= 0) {
          connections.erase(fd);
          continue;
        }
        state.receive(std::span(buffer).first(static_cast<std::size_t>(got)));
      }
      const auto sent =
          send(fd, state.output.data(), state.output.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      const bool was_waiting = state.is_waiting;
      if (sent > 0) state.output.erase(state.output.begin(), state.output.begin() + sent);
      state.is_waiting = !state.output.empty();
      if (state.is_waiting != was_waiting)
        watch(epoll.fd(), fd, state.is_waiting ? EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
    }
  }
}

struct EchoState {
  void receive(std::span<const std::uint8_t> bytes) { output.assign(bytes.begin(), bytes.end()); }

  std::vector<std::uint8_t> output;
  bool is_waiting = false;
};

struct AnswerState {
  void receive(std::span<const std::uint8_t> bytes) {
    input.insert(input.end(), bytes.begin(), bytes.end());
    std::size_t at = 0;
    for (; at + request_bytes <= input.size(); at += request_bytes) {
      const auto start = output.size();
      output.insert(output.end(), response.begin(), response.end());
      std::memcpy(output.data() + start + kIdAt, input.data() + at + kIdAt, 8);
    }
    input.erase(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(at));
  }

  std::size_t request_bytes;
  FrameBytes response;
  std::vector<std::uint8_t> input;
  std::vector<std::uint8_t> output;
  bool is_waiting = false;
};

}  // namespace

void print_load(std::string_view name, const Load& load, double scale, std::string_view unit) {
  const auto done = static_cast<double>(load.done);
  fmt::print("{:<28} {:12.0f} {:<8}  CPU s: client {:5.2f} server {:5.2f} ({:.2f} us each)\n", name,
             done * scale / load.seconds, unit, load.client_cpu_s, load.server_cpu_s,
             load.server_cpu_s / done * 1e6);
  std::fflush(stdout);
}

double cpu_seconds(pid_t pid) {
  clockid_t clock = CLOCK_PROCESS_CPUTIME_ID;
  if (pid != 0 && clock_getcpuclockid(pid, &clock) != 0) return 0;
  std::timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Socket::~Socket() {
  if (fd_ >= 0) close(fd_);
}

Socket Socket::listen() {
  Socket socket(checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  const auto address = loopback(0);
  checked(bind(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  checked(::listen(socket.fd(), 4096), "listen");
  return socket;
}

Socket Socket::connect(int port) {
  Socket socket(checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  const auto address = loopback(port);
  checked(::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
          "connect");
  no_delay(socket.fd());
  return socket;
}

Socket Socket::accept() const {
  Socket socket(checked(accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC), "accept"));
  no_delay(socket.fd());
  return socket;
}

int Socket::port() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  checked(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return ntohs(address.sin_port);
}

ServerProcess::ServerProcess(const std::function<void(const Socket& listener)>& serve) {
  const auto listener = Socket::listen();
  port_ = listener.port();
  pid_ = checked(fork(), "fork");
  if (pid_ != 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  raise_open_files();
  try {
    serve(listener);
  } catch (const std::exception& error) {
    fmt::print(stderr, "server: {}\n", error.what());
  }
  _exit(1);
}

ServerProcess::~ServerProcess() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

FrameBytes frame_of(std::uint16_t type, std::string_view payload) {
  FrameBytes frame(kHeaderBytes);
  std::memcpy(frame.data(), "CNDT", 4);
  put<std::uint16_t>(0x0100, frame.data() + 4);
  put(type, frame.data() + 6);
  put(static_cast<std::uint32_t>(payload.size()), frame.data() + 12);
  frame.insert(frame.end(), payload.begin(), payload.end());
  return frame;
}

FrameBytes add_request() {
  using namespace std::string_view_literals;
  return frame_of(2,
                  "\x82\xa6method\xa3"
                  "add\xa6params\x82\xa1"
                  "a\x0a\xa1"
                  "b\x14"sv);
}

FrameBytes add_response() {
  using namespace std::string_view_literals;
  return frame_of(3,
                  "\x82\xa7success\xc3\xa6result\x82\xa7success\xc3\xa4"
                  "data\x1e"sv);
}

FrameBytes echo_request(std::size_t bytes) {
  using namespace std::string_view_literals;
  std::string payload(
      "\x82\xa6method\xa4"
      "echo\xa6params\x81\xa4"
      "data\xc6"sv);
  std::array<std::uint8_t, 4> size{};
  put(static_cast<std::uint32_t>(bytes), size.data());
  payload.append(reinterpret_cast<const char*>(size.data()), size.size());
  for (std::size_t i = 0; i < bytes; ++i)
    payload.push_back(static_cast<char>(i * 2654435761U >> 24));
  return frame_of(2, payload);
}

void log_in(const Socket& socket) {
  // SHA-256 of "bench".
  constexpr std::string_view kHash =
      "1b32c28cb38c05480eccc1bd60ff97029b57a05c96718b96dad7e9d84894f549";
  using namespace std::string_literals;
  const auto payload =
      "\x82\xad"
      "password_hash\xd9\x40"s +
      std::string(kHash) +
      "\xab"
      "client_info\x82\xa4name\xa5"
      "bench\xa7version\xa1"
      "1";
  write_all(socket.fd(), frame_of(7, payload));
  std::array<std::uint8_t, 4096> buffer{};
  std::uint16_t answer = 0;
  for (FrameCutter cutter; answer == 0;) {
    const auto got = checked(recv(socket.fd(), buffer.data(), buffer.size(), 0), "recv");
    if (got == 0) throw std::runtime_error("the server closed instead of AUTH_SUCCESS");
    cutter.feed(std::span(buffer).first(got), [&](auto type, auto) { answer = type; });
  }
  if (answer != 8) throw std::runtime_error(fmt::format("frame type {}, expected 8", answer));
}

Load FrameClient::run(FrameBytes request, std::size_t in_flight, std::chrono::duration<double> time,
                      pid_t server) {
  std::vector<std::uint8_t> buffer(kBufferBytes);
  std::vector<std::uint8_t> output;
  std::size_t sent = 0;
  FrameCutter cutter;
  std::size_t under_way = 0;
  Load load{.client_cpu_s = -cpu_seconds(0), .server_cpu_s = -cpu_seconds(server)};
  const auto start = Clock::now();
  const auto end = start + time;
  const auto first_id = last_id_ + 1;
  bool is_time_left = true;
  while (true) {
    for (; is_time_left && under_way < in_flight; ++under_way) {
      put(++last_id_, request.data() + kIdAt);
      output.insert(output.end(), request.begin(), request.end());
    }
    if (under_way == 0) break;
    if (sent < output.size()) {
      const auto some = send(socket_.fd(), output.data() + sent, output.size() - sent,
                             MSG_DONTWAIT | MSG_NOSIGNAL);
      if (some < 0 && errno != EAGAIN) checked(some, "send");
      if (some > 0) sent += static_cast<std::size_t>(some);
      if (sent == output.size()) {
        output.clear();
        sent = 0;
      }
    }
    if (!output.empty()) {  // the server wants to be read from first
      pollfd both{.fd = socket_.fd(), .events = POLLIN | POLLOUT, .revents = 0};
      checked(poll(&both, 1, -1), "poll");
      if ((both.revents & POLLIN) == 0) continue;
    }
    const auto got = recv(socket_.fd(), buffer.data(), buffer.size(), 0);
    if (checked(got, "recv") == 0) throw std::runtime_error("the server closed the connection");
    cutter.feed(std::span(buffer).first(static_cast<std::size_t>(got)), [&](auto type, auto id) {
      if (type == 5) return;  // a heartbeat
      if (id < first_id || id > last_id_)
        throw std::runtime_error(fmt::format("an answer to {}, which was not asked", id));
      --under_way;
      ++load.done;
    });
    is_time_left = Clock::now() < end;
  }
  load.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  load.client_cpu_s += cpu_seconds(0);
  load.server_cpu_s += cpu_seconds(server);
  return load;
}

BroadcastReaders::BroadcastReaders(int port, std::size_t count,
                                   const std::function<void(const Socket& socket)>& opened)
    : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
  raise_open_files();
  for (std::size_t i = 0; i < count; ++i) {
    sockets_.push_back(Socket::connect(port));
    if (opened) opened(sockets_.back());
    watch(epoll_.fd(), sockets_.back().fd(), EPOLLIN, EPOLL_CTL_ADD);
  }
}

void BroadcastReaders::read(std::uint64_t bytes) {
  std::vector<std::uint8_t> buffer(kBufferBytes);
  std::array<epoll_event, 256> events{};
  for (std::uint64_t done = 0; done < bytes;) {
    const int count = epoll_wait(epoll_.fd(), events.data(), events.size(), 10'000);
    if (count == 0) throw std::runtime_error(fmt::format("{} of {} bytes came", done, bytes));
    for (int i = 0; i < count; ++i) {
      const auto got = checked(recv(events[i].data.fd, buffer.data(), buffer.size(), 0), "recv");
      if (got == 0) throw std::runtime_error("the server closed a connection");
      done += got;
    }
  }
}

void serve_answers(const Socket& listener, std::size_t request_bytes, FrameBytes response) {
  serve_epoll(listener, AnswerState{request_bytes, std::move(response), {}, {}});
}

void serve_echo(const Socket& listener) { serve_epoll(listener, EchoState{}); }

void serve_broadcast(const Socket& listener, std::size_t clients, std::size_t rounds,
                     std::size_t payload_bytes) {
  std::vector<Socket> sockets;
  for (std::size_t i = 0; i < clients; ++i) sockets.push_back(listener.accept());
  auto frame = frame_of(1, std::string(payload_bytes, 'x'));
  std::uint8_t byte = 0;
  checked(recv(sockets[0].fd(), &byte, 1, 0), "recv");
  const auto whole = frame.size();
  for (std::size_t round = 0; round < rounds; ++round) {
    for (const auto& socket : sockets) {
      std::array<iovec, 2> parts = {iovec{frame.data(), kHeaderBytes},
                                    iovec{frame.data() + kHeaderBytes, payload_bytes}};
      if (checked(writev(socket.fd(), parts.data(), parts.size()), "writev") != whole)
        throw std::runtime_error("a frame was not written whole");
    }
  }
  pause();
}

Load run_bare_broadcast(std::size_t clients, std::size_t rounds, std::size_t payload_bytes) {
  const ServerProcess server(
      [&](const Socket& listener) { serve_broadcast(listener, clients, rounds, payload_bytes); });
  BroadcastReaders readers(server.port(), clients);
  Load load{.done = clients * rounds,
            .client_cpu_s = -cpu_seconds(0),
            .server_cpu_s = -cpu_seconds(server.pid())};
  const auto start = Clock::now();
  write_all(readers[0].fd(), std::array<std::uint8_t, 1>{1});
  readers.read(clients * rounds * (kHeaderBytes + payload_bytes));
  load.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  load.client_cpu_s += cpu_seconds(0);
  load.server_cpu_s += cpu_seconds(server.pid());
  return load;
}

}  // namespace oriel::bench

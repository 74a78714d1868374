#pragma once
// What the conduit and its peers are measured with: one client of plain sockets that drives every
// server that speaks in frames, and the bare servers and loops that set the scale. It knows of a
// frame only its length and its correlation id; it is no client library. Failures are thrown as
// std::runtime_error. Loopback alone.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oriel::bench {

// What a while of calling gave.
struct Load {
  std::uint64_t done = 0;
  double seconds = 0;
  double client_cpu_s = 0;
  double server_cpu_s = 0;
};

// One line: name, done * scale / seconds, unit, CPU seconds of both, and of the server for each one
// done, which is what to compare when the machine is shared.
void print_load(std::string_view name, const Load& load, double scale, std::string_view unit);

// Of another process, or of all threads of this one (0).
double cpu_seconds(pid_t pid);

// Both ends of 127.0.0.1, TCP without delay, closed when destroyed.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  static Socket listen();  // on a port that the system chooses
  static Socket connect(int port);
  Socket accept() const;
  int port() const;  // its own
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

// A server in a process of its own, with one thread; killed when destroyed. Made before this
// process has other threads.
class ServerProcess {
 public:
  // `serve` runs in the new process with a socket that listens, and does not come back.
  explicit ServerProcess(const std::function<void(const Socket& listener)>& serve);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  int port() const { return port_; }
  pid_t pid() const { return pid_; }

 private:
  int port_ = 0;
  pid_t pid_ = -1;
};

using FrameBytes = std::vector<std::uint8_t>;

// A frame with correlation id 0. payload: MessagePack.
FrameBytes frame_of(std::uint16_t type, std::string_view payload);
// RPC_REQUEST of add(a = 10, b = 20) and its RPC_RESPONSE, as the real programs write them:
// 32 + 26 and 32 + 33 bytes.
FrameBytes add_request();
FrameBytes add_response();
// RPC_REQUEST of echo(data = so many bytes).
FrameBytes echo_request(std::size_t bytes);

// With the bare hash of the password "bench"; waits for AUTH_SUCCESS.
void log_in(const Socket& socket);

// One connection that keeps a number of requests under way.
class FrameClient {
 public:
  explicit FrameClient(int port) : socket_(Socket::connect(port)) {}

  void log_in() { bench::log_in(socket_); }

  // Sends `request` with the ids 1, 2, 3 ... and a new one for each answer, until the time is up;
  // then waits for the last answers. An answer is a frame with the id of a request.
  Load run(FrameBytes request, std::size_t in_flight, std::chrono::duration<double> time,
           pid_t server);

 private:
  Socket socket_;
  std::uint64_t last_id_ = 0;
};

// Many connections that only read.
class BroadcastReaders {
 public:
  // Each is given to `opened` before the next one connects.
  BroadcastReaders(int port, std::size_t count,
                   const std::function<void(const Socket& socket)>& opened = {});

  std::size_t size() const { return sockets_.size(); }
  const Socket& operator[](std::size_t index) const { return sockets_[index]; }
  // Reads from all of them until so many bytes have come in all.
  void read(std::uint64_t bytes);

 private:
  std::vector<Socket> sockets_;
  Socket epoll_;
};

// Servers for ServerProcess, each an epoll loop without any protocol.
// Answers every `request_bytes` with `response`, only the id copied.
void serve_answers(const Socket& listener, std::size_t request_bytes, FrameBytes response);
// Sends back what comes, as it comes.
void serve_echo(const Socket& listener);
// Accepts `clients`; at the first byte of the first one writes header and payload to each, `rounds`
// times, with one writev for each.
void serve_broadcast(const Socket& listener, std::size_t clients, std::size_t rounds,
                     std::size_t payload_bytes);

// What serve_broadcast gives, until all has come.
Load run_bare_broadcast(std::size_t clients, std::size_t rounds, std::size_t payload_bytes);

}  // namespace oriel::bench

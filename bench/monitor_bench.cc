// Measures the monitoring stream with bare clients on loopback (tests/support/monitor_readers):
//   build/release/oriel_monitor_bench fanout [CLIENTS [SECONDS]]   10 samples a second to 1000, and
//                                     beside it the floor: a bare loop that sends as many bytes
//   build/release/oriel_monitor_bench idle [SECONDS]               nobody listens
//   build/release/oriel_monitor_bench compare PID PORT             200 clients as the seed has
//   them,
//                                     in turns on ours and on another server that runs already
// CPU is that of the server's process alone, by its own CPU clock, so that what else runs on the
// machine counts little; delays are by the wall clock, so there it counts.

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/monitor_readers.h"
#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"

namespace oriel::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using support::MonitorReaders;

struct Publishing {
  Publishing()
      : process({{support::oriel_program(), "monitor", "--serve", "127.0.0.1:0"},
                 {{"XDG_CONFIG_HOME", "/nonexistent"}}}) {
    constexpr std::string_view kBefore = "ws://127.0.0.1:";
    support::wait_until([&] { return process.output().find(kBefore) != std::string::npos; });
    const auto output = process.output();
    const auto at = output.find(kBefore);
    if (at != output.npos) port = std::atoi(output.c_str() + at + kBefore.size());
  }
  double cpu() const { return support::process_cpu_seconds(process.pid()); }

  support::ChildProcess process;
  int port = 0;
};

double percentile(std::vector<std::uint32_t> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size()));
  return values[std::min(at, values.size() - 1)] / 1000.0;
}

struct Reading {
  double cpu_share = 0;       // of one core
  double us_per_message = 0;  // CPU
  std::size_t bytes = 0;      // of a message
};

// ---- the floor: what the kernel takes for the same bytes ----------------------------------------

constexpr std::string_view kBare = "bare";
constexpr auto kBareInterval = 100ms;

// A text message of a server (RFC 6455, 5.2) of so many bytes, which the readers count.
std::string bare_frame(std::size_t bytes) {
  std::string text = R"({"type": "monitoring_data", "data": ")";
  if (bytes > text.size() + 2) text.append(bytes - text.size() - 2, 'x');
  text += "\"}";
  std::string frame{'\x81', '\x7e', static_cast<char>(text.size() >> 8),
                    static_cast<char>(text.size() & 255)};
  return frame + text;
}

// Takes a client's request for a WebSocket and says yes.
int take_client(int listener) {
  const int fd = ::accept(listener, nullptr, nullptr);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  std::string head;
  std::array<char, 4096> bytes{};
  while (head.find("\r\n\r\n") == head.npos) {
    const auto count = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (count <= 0) break;
    head.append(bytes.data(), static_cast<std::size_t>(count));
  }
  constexpr std::string_view kYes = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
  (void)::send(fd, kYes.data(), kYes.size(), MSG_NOSIGNAL);
  return fd;
}

// Ten times a second one send() for each client, and nothing else; until it is killed.
int bare_loop(std::size_t bytes) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener, any, length) != 0 || ::listen(listener, 1024) != 0) return 1;
  ::getsockname(listener, any, &length);
  fmt::print("port {}\n", ntohs(address.sin_port));
  std::fflush(stdout);
  const auto frame = bare_frame(bytes);
  std::vector<int> clients;
  for (auto next = steady_clock::now();;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - steady_clock::now());
    pollfd joining{listener, POLLIN, 0};
    if (::poll(&joining, 1, static_cast<int>(std::max(left, 0ms).count())) > 0)
      clients.push_back(take_client(listener));
    if (steady_clock::now() < next) continue;
    next += kBareInterval;
    for (const int fd : clients)
      (void)::send(fd, frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
}

struct BareServer {
  explicit BareServer(std::size_t bytes)
      : process({{"/proc/self/exe", std::string(kBare), std::to_string(bytes)}, {}}) {
    support::wait_until(
        [&] { return std::sscanf(process.output().c_str(), "port %d", &port) == 1; });
  }

  support::ChildProcess process;
  int port = 0;
};

// What the server of `pid` needs while they read for so long.
Reading read(MonitorReaders& readers, int pid, std::chrono::milliseconds time) {
  readers.read_until(steady_clock::now() + 2s);  // until all are in step
  readers.forget_counts();
  const auto start = steady_clock::now();
  const double cpu = support::process_cpu_seconds(pid);
  readers.read_until(start + time);
  const double used = support::process_cpu_seconds(pid) - cpu;
  const double passed = std::chrono::duration<double>(steady_clock::now() - start).count();
  const auto& counts = readers.counts();
  const auto documents = static_cast<double>(counts.documents);
  const auto mean = counts.bytes / std::max<std::uint64_t>(counts.messages, 1);
  const Reading reading{used / passed, used / documents * 1e6, mean};
  fmt::print(
      "{:5} clients  {:8.0f} documents/s  {:5.0f} bytes each  server CPU {:6.2f} %  "
      "{:6.2f} us per document",
      readers.size(), documents / passed, static_cast<double>(mean), reading.cpu_share * 100,
      reading.us_per_message);
  if (!counts.delays_us.empty()) {
    fmt::print("  delay p50 {:.2f} p99 {:.2f} max {:.2f} ms", percentile(counts.delays_us, 0.5),
               percentile(counts.delays_us, 0.99), percentile(counts.delays_us, 1));
  }
  fmt::print("{}\n", counts.ended > 0 ? fmt::format("  {} ENDED", counts.ended) : "");
  std::fflush(stdout);
  return reading;
}

int fanout(std::size_t clients, int seconds) {
  struct Form {
    const char* name;
    const char* request;
  };
  constexpr Form kForms[] = {
      {"the real server's sections",
       R"({"type":"subscribe","metrics":["memory","cpu","disk","system"],"interval":0.1})"},
      {"all but processes", R"({"type":"subscribe","interval":0.1})"},
      {"all but processes, deltas", R"({"type":"subscribe","interval":0.1,"delta":true})"}};
  for (const auto& form : kForms) {
    fmt::print("{}:\n  ", form.name);
    const auto ours = [&] {
      const Publishing server;
      MonitorReaders readers(server.port, true);
      for (std::size_t i = 0; i < clients; ++i) readers.open(form.request);
      return read(readers, server.process.pid(), std::chrono::seconds(seconds));
    }();
    fmt::print("  bare loop:\n  ");
    const BareServer server(ours.bytes);
    MonitorReaders readers(server.port, false);
    for (std::size_t i = 0; i < clients; ++i) readers.open("");
    const auto floor = read(readers, server.process.pid(), std::chrono::seconds(seconds));
    fmt::print("  {:.2f} us against {:.2f}: {:.2f} times the floor\n", ours.us_per_message,
               floor.us_per_message, ours.us_per_message / floor.us_per_message);
  }
  return 0;
}

int idle(int seconds) {
  const Publishing server;
  {
    MonitorReaders readers(server.port, false);
    readers.open("");
    readers.read_until(steady_clock::now() + 2s);
  }
  std::this_thread::sleep_for(2s);  // the last one has gone
  const double before = server.cpu();
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  fmt::print("nobody listens for {} s: {:.3f} ms of CPU\n", seconds, (server.cpu() - before) * 1e3);
  return 0;
}

// CPU for each document that 200 clients get who never subscribe.
double default_form(const char* name, int pid, int port, bool offers_compression) {
  constexpr std::size_t kClients = 200;
  MonitorReaders readers(port, false);
  if (offers_compression) readers.offer_compression();
  for (std::size_t i = 0; i < kClients; ++i) readers.open("");
  fmt::print("{:7}", name);
  return read(readers, pid, 10s).us_per_message;
}

int compare(int pid, int port) {
  constexpr int kRounds = 3;
  for (const bool offers_compression : {false, true}) {
    fmt::print("clients that offer {}:\n", offers_compression ? "compression" : "no compression");
    double ours = 0, theirs = 0;
    for (int round = 0; round < kRounds; ++round) {
      const Publishing server;
      ours += default_form("ours", server.process.pid(), server.port, offers_compression);
      theirs += default_form("theirs", pid, port, offers_compression);
    }
    fmt::print("{:.2f} us per document against {:.2f}: {:.1f} times less\n", ours / kRounds,
               theirs / kRounds, theirs / ours);
  }
  return 0;
}

int usage() {
  fmt::print(stderr,
             "usage: oriel_monitor_bench fanout [CLIENTS [SECONDS]] | idle [SECONDS] | compare PID "
             "PORT\n");
  return 2;
}

int run(const std::vector<std::string>& words) {
  const auto number = [&](std::size_t at, int otherwise) {
    return words.size() > at ? std::atoi(words[at].c_str()) : otherwise;
  };
  // A connection on each side for each client.
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  if (words.empty()) return usage();
  if (words[0] == "fanout") return fanout(static_cast<std::size_t>(number(1, 1000)), number(2, 10));
  if (words[0] == kBare) return bare_loop(static_cast<std::size_t>(number(1, 1000)));
  if (words[0] == "idle") return idle(number(1, 10));
  if (words[0] == "compare" && words.size() == 3) return compare(number(1, 0), number(2, 0));
  return usage();
}

}  // namespace
}  // namespace oriel::bench

int main(int argc, char** argv) { return oriel::bench::run({argv + 1, argv + argc}); }

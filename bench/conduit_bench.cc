// Measures the conduit's server, a process of its own with one loop thread, on loopback. The same
// client of plain sockets (conduit_load.h) drives it and the bare servers; gRPC and NATS come with
// their own clients (conduit_peers). Ours and the other in turns; what is told is the median.
//   build/release/oriel_conduit_bench calls [ROUNDS [SECONDS [PORT PID]]]   calls, one after the
//       other and 64 at a time; against bare sockets, gRPC and NATS as far as these are built, and
//       the real Python server that runs already (conduit_peers/netconduit_echo.py serve PORT)
//   build/release/oriel_conduit_bench large [ROUNDS [SECONDS]]              echo of 1 MiB
//   build/release/oriel_conduit_bench broadcast [ROUNDS [BROADCASTS]]       to 1,000 clients
//   build/release/oriel_conduit_bench client [ROUNDS [SECONDS]]             conduit::Client calls
//   build/release/oriel_conduit_bench idle [CLIENTS [SECONDS]]              CPU and memory

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <latch>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/conduit_load.h"
#include "oriel/app/conduit/client.h"
#include "oriel/app/conduit/server.h"
#include "oriel/app/net/large_memory.h"

namespace oriel::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using conduit::Run;
using conduit::Value;

constexpr std::size_t kInFlight = 64;
constexpr std::size_t kLargeBytes = 1 << 20;
constexpr double kMegabytesBothWays = 2 * kLargeBytes / 1e6;
constexpr std::size_t kBroadcastClients = 1000;
constexpr std::size_t kBroadcastBytes = 256;
// What stands around the data of a broadcast: {"type": "tick", "data": str 16}.
constexpr std::size_t kBroadcastEnvelope = 1 + 5 + 5 + 5 + 3;
constexpr const char* kPassword = "bench";

// ---- our server ---------------------------------------------------------------------------------

// At the message "go" so many broadcasts, each in a turn of its own: each client gets each of them
// by a write of its own, as from the bare loop.
boost::asio::awaitable<void> broadcast_all(conduit::Server& server, std::size_t rounds) {
  const Value data(std::string(kBroadcastBytes, 'x'));
  for (std::size_t round = 0; round < rounds; ++round) {
    server.broadcast("tick", data);
    co_await boost::asio::post(server.executor(), boost::asio::use_awaitable);
  }
}

void serve(int out) {
  net::keep_large_memory();  // as `oriel serve` does
  conduit::Server server(
      {.password = kPassword, .host = "127.0.0.1", .port = 0, .max_connections = 20'000});
  const auto quick = [](const char* name) {
    return conduit::MethodOptions{.parameters = {{name}}, .run = Run::kLoop};
  };
  server.rpc("add", [](int a, int b) { return a + b; },
             {.parameters = {{"a"}, {"b"}}, .run = Run::kLoop});
  server.rpc("echo", [](Value data) { return data; }, quick("data"));
  server.rpc("echo_worker", [](Value data) { return data; }, {.parameters = {{"data"}}});
  server.on("go",
            [&server](std::int64_t rounds) {
              return broadcast_all(server, static_cast<std::size_t>(rounds));
            },
            {.run = Run::kLoop});
  if (const auto started = server.start(); !started)
    throw std::runtime_error(started.error().message);
  const int port = server.port();
  if (write(out, &port, sizeof port) != sizeof port) throw std::runtime_error("no pipe");
  server.wait();
}

// In a process of its own. Made before this process has other threads.
class ConduitProcess {
 public:
  ConduitProcess() : pipe_(make_pipe()), process_([this](const Socket&) { serve(pipe_[1]); }) {
    close(pipe_[1]);
    const auto got = read(pipe_[0], &port_, sizeof port_);
    close(pipe_[0]);
    if (got != sizeof port_) throw std::runtime_error("the server did not start");
  }

  int port() const { return port_; }
  pid_t pid() const { return process_.pid(); }

 private:
  static std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    return ends;
  }

  std::array<int, 2> pipe_;
  ServerProcess process_;
  int port_ = 0;
};

// ---- the table ----------------------------------------------------------------------------------

struct Figure {
  double rate = 0;       // a second
  double server_us = 0;  // CPU for each
};

Figure figure(const Load& load, double scale = 1) {
  const auto done = static_cast<double>(load.done);
  return {done * scale / load.seconds, load.server_cpu_s / done * 1e6};
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// What the rounds gave, by what was measured.
class Table {
 public:
  void add(const std::string& what, Figure one) { figures_[what].push_back(one); }

  // The median of ours and theirs, and of the ratios of each round: of the rates, and of the
  // servers' CPU for each one (theirs by ours, so that more is better in both).
  void compare(const std::string& ours, const std::string& theirs, const char* target) const {
    const auto& mine = figures_.at(ours);
    const auto found = figures_.find(theirs);
    if (found == figures_.end()) {
      fmt::print("{:<26} {:<28} not measured\n", ours, theirs);
      return;
    }
    const auto& other = found->second;
    std::vector<double> rates, cpus;
    for (std::size_t i = 0; i < std::min(mine.size(), other.size()); ++i) {
      rates.push_back(mine[i].rate / other[i].rate);
      cpus.push_back(other[i].server_us / mine[i].server_us);
    }
    const auto [least, most] = std::ranges::minmax(rates);
    fmt::print(
        "{:<26} {:<28} {:>9.0f} {:>9.0f}  {:>6.2f} ({:.2f} to {:.2f}) {:>8}  {:>7.2f} "
        "{:>7.2f} {:>6.2f}\n",
        ours, theirs, rate(mine), rate(other), median(rates), least, most, target, server_us(mine),
        server_us(other), median(cpus));
  }

  void tell(const std::string& what) const {
    const auto& mine = figures_.at(what);
    fmt::print("{:<26} {:<28} {:>9.0f} {:>46.2f}\n", what, "", rate(mine), server_us(mine));
  }

  static void print_head(const char* unit) {
    fmt::print("{:<26} {:<28} {:>9} {:>9}  {:<23} {:>8}  {}\n", "ours", "the other", unit, "other",
               "ratio (of rounds)", "target", "server CPU us each: ours, other, ratio");
  }

 private:
  static double rate(const std::vector<Figure>& figures) {
    std::vector<double> rates;
    for (const auto& one : figures) rates.push_back(one.rate);
    return median(rates);
  }
  static double server_us(const std::vector<Figure>& figures) {
    std::vector<double> times;
    for (const auto& one : figures) times.push_back(one.server_us);
    return median(times);
  }

  std::map<std::string, std::vector<Figure>> figures_;
};

// Runs a program of conduit_peers and takes the lines that it prints (print_load). Nothing happens
// where it is not built.
void add_peer(Table& table, const char* name, Seconds time) {
  const auto program =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "peers" / name;
  if (!std::filesystem::exists(program)) return;
  const auto command = fmt::format("'{}' {}", program.string(), time.count());
  const auto close_output = [](FILE* file) { pclose(file); };
  const std::unique_ptr<FILE, decltype(close_output)> output(popen(command.c_str(), "r"),
                                                             close_output);
  if (!output) return;
  std::array<char, 256> line{};
  while (std::fgets(line.data(), line.size(), output.get()) != nullptr) {
    // The name may have blanks and is padded to 28.
    const std::string text(line.data());
    if (text.size() < 42) continue;
    auto what = text.substr(0, 28);
    what.erase(what.find_last_not_of(' ') + 1);
    const auto cpu = text.rfind('(');
    table.add(what, {std::atof(text.c_str() + 28), std::atof(text.c_str() + cpu + 1)});
  }
}

// ---- what is measured ---------------------------------------------------------------------------

FrameBytes worker_request() {
  using namespace std::string_view_literals;
  return frame_of(2,
                  "\x82\xa6method\xab"
                  "echo_worker\xa6params\x81\xa4"
                  "data\xc4\x04"
                  "1234"sv);
}

// The real server that somebody has started; pid 0: none.
struct Netconduit {
  int port = 0;
  pid_t pid = 0;
};

void measure_calls(int rounds, Seconds time, Netconduit netconduit) {
  const auto request = add_request();
  const ConduitProcess conduit;
  const ServerProcess bare(
      [&](const Socket& listener) { serve_answers(listener, request.size(), add_response()); });
  FrameClient ours(conduit.port());
  ours.log_in();
  FrameClient raw(bare.port());
  std::unique_ptr<FrameClient> real;
  if (netconduit.pid != 0) {
    real = std::make_unique<FrameClient>(netconduit.port);
    real->log_in();
  }
  ours.run(request, kInFlight, time / 4, conduit.pid());  // warms up
  Table table;
  for (int round = 0; round < rounds; ++round) {
    const auto both = [&](FrameClient& client, pid_t pid, const std::string& name) {
      table.add(name + "/sequential", figure(client.run(request, 1, time, pid)));
      table.add(name + "/in-flight-64", figure(client.run(request, kInFlight, time, pid)));
    };
    both(ours, conduit.pid(), "conduit");
    both(raw, bare.pid(), "raw-epoll");
    add_peer(table, "grpc_echo", time);
    add_peer(table, "nats_echo", time);
    if (real) both(*real, netconduit.pid, "netconduit");
    table.add("conduit/worker-64",
              figure(ours.run(worker_request(), kInFlight, time, conduit.pid())));
  }
  Table::print_head("calls/s");
  table.compare("conduit/sequential", "raw-epoll/sequential", ">= 0.7");
  table.compare("conduit/in-flight-64", "raw-epoll/in-flight-64", "");
  table.compare("conduit/in-flight-64", "netconduit/in-flight-64", ">= 10");
  table.compare("conduit/in-flight-64", "grpc/in-flight-64", ">= 1.5");
  table.compare("conduit/in-flight-64", "nats/in-flight-64", ">= 1.0");
  table.compare("conduit/in-flight-64", "nats/in-flight-64 (at once)", ">= 1.0");
  table.compare("conduit/sequential", "netconduit/sequential", "");
  table.compare("conduit/sequential", "grpc/sequential", "");
  table.compare("conduit/sequential", "nats/sequential (at once)", "");
  table.tell("conduit/worker-64");
}

void measure_large(int rounds, Seconds time) {
  const auto request = echo_request(kLargeBytes);
  const ConduitProcess conduit;
  const ServerProcess bare(serve_echo);
  // Answers, as a server of calls must, only what has come whole.
  const ServerProcess whole(
      [&](const Socket& listener) { serve_answers(listener, request.size(), request); });
  FrameClient ours(conduit.port());
  ours.log_in();
  FrameClient raw(bare.port());
  FrameClient raw_whole(whole.port());
  ours.run(request, 1, time / 4, conduit.pid());
  Table table;
  for (int round = 0; round < rounds; ++round) {
    table.add("conduit/echo-1MiB",
              figure(ours.run(request, 1, time, conduit.pid()), kMegabytesBothWays));
    table.add("raw-tcp/echo-1MiB",
              figure(raw.run(request, 1, time, bare.pid()), kMegabytesBothWays));
    table.add("raw-tcp/whole-1MiB",
              figure(raw_whole.run(request, 1, time, whole.pid()), kMegabytesBothWays));
    add_peer(table, "grpc_echo", time);
  }
  Table::print_head("MB/s");
  table.compare("conduit/echo-1MiB", "raw-tcp/echo-1MiB", ">= 0.8");
  table.compare("conduit/echo-1MiB", "raw-tcp/whole-1MiB", "");
  table.compare("conduit/echo-1MiB", "grpc/echo-1MiB", "");
}

Load run_broadcast(const ConduitProcess& conduit, BroadcastReaders& readers, std::size_t rounds) {
  // {"type": "go", "data": rounds}
  auto payload = std::string("\x82\xa4type\xa2go\xa4") + "data\xcd";
  payload.push_back(static_cast<char>(rounds >> 8));
  payload.push_back(static_cast<char>(rounds));
  const auto go = frame_of(1, payload);
  constexpr std::size_t kFrameBytes = 32 + kBroadcastEnvelope + kBroadcastBytes;
  Load load{.done = readers.size() * rounds,
            .client_cpu_s = -cpu_seconds(0),
            .server_cpu_s = -cpu_seconds(conduit.pid())};
  const auto start = Clock::now();
  send(readers[0].fd(), go.data(), go.size(), MSG_NOSIGNAL);
  readers.read(load.done * kFrameBytes);
  load.seconds = Seconds(Clock::now() - start).count();
  load.client_cpu_s += cpu_seconds(0);
  load.server_cpu_s += cpu_seconds(conduit.pid());
  return load;
}

void measure_broadcast(int rounds, std::size_t broadcasts) {
  const ConduitProcess conduit;
  BroadcastReaders readers(conduit.port(), kBroadcastClients, log_in);
  // A client that has said nothing since its log-in is told nothing for a moment.
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  run_broadcast(conduit, readers, 10);
  Table table;
  for (int round = 0; round < rounds; ++round) {
    table.add("conduit/256B-to-1000", figure(run_broadcast(conduit, readers, broadcasts)));
    table.add("bare-writev/256B-to-1000",
              figure(run_bare_broadcast(kBroadcastClients, broadcasts,
                                        kBroadcastEnvelope + kBroadcastBytes)));
  }
  Table::print_head("frames/s");
  table.compare("conduit/256B-to-1000", "bare-writev/256B-to-1000", ">= 0.6");
}

// So many calls under way on our own client, each begun by the end of another.
Load run_client(conduit::Client& client, std::size_t in_flight, Seconds time, pid_t server) {
  const conduit::Map arguments{{"a", 10}, {"b", 20}};
  Load load{.client_cpu_s = -cpu_seconds(0), .server_cpu_s = -cpu_seconds(server)};
  std::latch ended(static_cast<std::ptrdiff_t>(in_flight));
  std::atomic<std::uint64_t> done = 0;
  std::atomic<bool> has_failed = false;
  const auto start = Clock::now();
  const auto end = start + time;
  std::function<void()> begin;
  const std::function<void(conduit::Answer)> take = [&](const conduit::Answer& answer) {
    ++done;
    if (!answer) has_failed = true;
    if (answer && Clock::now() < end)
      begin();
    else
      ended.count_down();
  };
  begin = [&] { client.start_call("add", Value(arguments), {}, take); };
  for (std::size_t i = 0; i < in_flight; ++i) begin();
  ended.wait();
  if (has_failed) throw std::runtime_error("a call failed");
  load.done = done;
  load.seconds = Seconds(Clock::now() - start).count();
  load.client_cpu_s += cpu_seconds(0);
  load.server_cpu_s += cpu_seconds(server);
  return load;
}

void measure_client(int rounds, Seconds time) {
  const ConduitProcess conduit;
  FrameClient plain(conduit.port());
  plain.log_in();
  conduit::Client client({.server_host = "127.0.0.1",
                          .server_port = static_cast<std::uint16_t>(conduit.port()),
                          .password = kPassword});
  if (const auto connected = client.connect(); !connected)
    throw std::runtime_error(connected.error().message);
  Table table;
  for (int round = 0; round < rounds; ++round) {
    for (const std::size_t in_flight : {std::size_t{1}, kInFlight}) {
      const std::string way = in_flight == 1 ? "/sequential" : "/in-flight-64";
      table.add("client" + way, figure(run_client(client, in_flight, time, conduit.pid())));
      table.add("plain sockets" + way,
                figure(plain.run(add_request(), in_flight, time, conduit.pid())));
    }
    Load waiting{.server_cpu_s = -cpu_seconds(conduit.pid())};
    const auto start = Clock::now();
    for (; Clock::now() < start + time; ++waiting.done)
      if (!client.call<int>("add", {{"a", 10}, {"b", 20}}))
        throw std::runtime_error("a call failed");
    waiting.seconds = Seconds(Clock::now() - start).count();
    waiting.server_cpu_s += cpu_seconds(conduit.pid());
    table.add("client/call() waits", figure(waiting));
  }
  Table::print_head("calls/s");
  table.compare("client/sequential", "plain sockets/sequential", "");
  table.compare("client/in-flight-64", "plain sockets/in-flight-64", "");
  table.tell("client/call() waits");
}

// ---- idle clients -------------------------------------------------------------------------------

double resident_kib(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/statm", pid));
  double whole = 0, resident = 0;
  file >> whole >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1024;
}

// Clients that do nothing but answer PING.
class IdleClients {
 public:
  IdleClients(int port, std::size_t count)
      : readers_(port, count, log_in), epoll_(epoll_create1(0)) {
    for (std::size_t i = 0; i < count; ++i) {
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.fd = readers_[i].fd();
      epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, readers_[i].fd(), &event);
    }
  }

  // Returns how many PINGs came.
  std::uint64_t run(Seconds time) {
    const auto pong = frame_of(6, "\x80");
    std::array<epoll_event, 256> events{};
    std::array<std::uint8_t, 4096> buffer{};
    std::uint64_t pings = 0;
    for (const auto end = Clock::now() + time; Clock::now() < end;) {
      const int count = epoll_wait(epoll_.fd(), events.data(), events.size(), 100);
      for (int i = 0; i < count; ++i) {
        const int fd = events[i].data.fd;
        const auto got = recv(fd, buffer.data(), buffer.size(), 0);
        if (got <= 0) throw std::runtime_error("the server closed an idle connection");
        if (got < 32 || buffer[7] != 5) continue;
        ++pings;
        send(fd, pong.data(), pong.size(), MSG_NOSIGNAL);
      }
    }
    return pings;
  }

 private:
  BroadcastReaders readers_;
  Socket epoll_;
};

void measure_idle(std::size_t count, Seconds time) {
  const ConduitProcess conduit;
  FrameClient first(conduit.port());
  first.log_in();
  first.run(add_request(), 1, Seconds(0.1), conduit.pid());
  const double resident = resident_kib(conduit.pid());
  IdleClients clients(conduit.port(), count);
  clients.run(Seconds(1));
  const double before = cpu_seconds(conduit.pid());
  const auto start = Clock::now();
  const auto pings = clients.run(time);
  const double seconds = Seconds(Clock::now() - start).count();
  const double used = cpu_seconds(conduit.pid()) - before;
  fmt::print(
      "{} idle connections, {:.0f} s: {:.2f} % of a core (target < 5), {} PINGs answered, "
      "{:.1f} us of CPU each; {:.2f} KiB resident each (target < 16)\n",
      count, seconds, 100 * used / seconds, pings, pings == 0 ? 0 : used * 1e6 / pings,
      (resident_kib(conduit.pid()) - resident) / static_cast<double>(count));
}

int run(std::span<char*> words) {
  const auto number = [&](std::size_t at, double otherwise) {
    return words.size() > at ? std::atof(words[at]) : otherwise;
  };
  const std::string_view what = words.empty() ? "" : words[0];
  const int rounds = static_cast<int>(number(1, 5));
  const Seconds time(number(2, 1));
  if (what == "calls") {
    measure_calls(rounds, time, {static_cast<int>(number(3, 0)), static_cast<pid_t>(number(4, 0))});
  } else if (what == "large") {
    measure_large(rounds, time);
  } else if (what == "broadcast") {
    measure_broadcast(rounds, static_cast<std::size_t>(number(2, 200)));
  } else if (what == "client") {
    measure_client(rounds, time);
  } else if (what == "idle") {
    measure_idle(static_cast<std::size_t>(number(1, 10'000)), Seconds(number(2, 60)));
  } else {
    fmt::print(stderr,
               "usage: oriel_conduit_bench calls [ROUNDS [SECONDS [PORT PID]]] | large [ROUNDS "
               "[SECONDS]] | broadcast [ROUNDS [BROADCASTS]] | client [ROUNDS [SECONDS]] | idle "
               "[CLIENTS [SECONDS]]\n");
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace oriel::bench

int main(int argc, char** argv) {
  try {
    return oriel::bench::run(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}

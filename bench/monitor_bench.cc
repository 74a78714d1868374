// Measures the monitoring stream with bare clients on loopback (tests/support/monitor_readers):
//   build/release/oriel_monitor_bench fanout [CLIENTS [SECONDS]]   10 samples a second to 1000
//   build/release/oriel_monitor_bench idle [SECONDS]               nobody listens
//   build/release/oriel_monitor_bench compare PID PORT             200 clients as the seed has
//   them,
//                                     in turns on ours and on another server that runs already
// CPU is that of the server's process alone, by its own CPU clock, so that what else runs on the
// machine counts little; delays are by the wall clock, so there it counts.

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
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
  const Reading reading{used / passed, used / documents * 1e6};
  fmt::print(
      "{:5} clients  {:8.0f} documents/s  {:5.0f} bytes each  server CPU {:6.2f} %  "
      "{:6.2f} us per document",
      readers.size(), documents / passed,
      static_cast<double>(counts.bytes) /
          static_cast<double>(std::max<std::uint64_t>(counts.messages, 1)),
      reading.cpu_share * 100, reading.us_per_message);
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
    const Publishing server;
    MonitorReaders readers(server.port, true);
    for (std::size_t i = 0; i < clients; ++i) readers.open(form.request);
    fmt::print("{}:\n  ", form.name);
    read(readers, server.process.pid(), std::chrono::seconds(seconds));
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
  if (words[0] == "idle") return idle(number(1, 10));
  if (words[0] == "compare" && words.size() == 3) return compare(number(1, 0), number(2, 0));
  return usage();
}

}  // namespace
}  // namespace oriel::bench

int main(int argc, char** argv) { return oriel::bench::run({argv + 1, argv + argc}); }

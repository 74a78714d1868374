// What sockets alone give on this machine, with the bytes of the conduit's frames: an epoll server
// of one thread that does nothing but answer (58 bytes with 65), one after the other and 64 at a
// time; the echo of 1 MiB; a writev loop to 1,000 clients. And a conduit server that runs already,
// driven by the same client:
//   raw_epoll_echo [SECONDS]
//   raw_epoll_echo drive NAME PORT PID [SECONDS]     methods add and echo, password "bench"

#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <span>
#include <string>
#include <string_view>

#include "bench/conduit_load.h"

namespace oriel::bench {
namespace {

constexpr double kMegabytesBothWays = 2 * (1 << 20) / 1e6;

void measure_bare(std::chrono::duration<double> time) {
  const auto request = add_request();
  {
    const ServerProcess server(
        [&](const Socket& listener) { serve_answers(listener, request.size(), add_response()); });
    FrameClient client(server.port());
    print_load("raw-epoll/sequential", client.run(request, 1, time, server.pid()), 1, "calls/s");
    print_load("raw-epoll/in-flight-64", client.run(request, 64, time, server.pid()), 1, "calls/s");
  }
  {
    const ServerProcess server(serve_echo);
    FrameClient client(server.port());
    print_load("raw-tcp/echo-1MiB", client.run(echo_request(1 << 20), 1, time, server.pid()),
               kMegabytesBothWays, "MB/s");
  }
  print_load("bare-writev/256B-to-1000", run_bare_broadcast(1000, 200, 256), 1, "frames/s");
}

void drive(const std::string& name, int port, pid_t pid, std::chrono::duration<double> time) {
  FrameClient client(port);
  client.log_in();
  print_load(name + "/sequential", client.run(add_request(), 1, time, pid), 1, "calls/s");
  print_load(name + "/in-flight-64", client.run(add_request(), 64, time, pid), 1, "calls/s");
  print_load(name + "/echo-1MiB", client.run(echo_request(1 << 20), 1, time, pid),
             kMegabytesBothWays, "MB/s");
}

}  // namespace
}  // namespace oriel::bench

int main(int argc, char** argv) {
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  const auto seconds = [&](std::size_t at) {
    return std::chrono::duration<double>(arguments.size() > at ? std::atof(arguments[at]) : 3);
  };
  try {
    if (argc >= 5 && std::string_view(arguments[1]) == "drive") {
      oriel::bench::drive(arguments[2], std::atoi(arguments[3]), std::atoi(arguments[4]),
                          seconds(5));
    } else {
      oriel::bench::measure_bare(seconds(1));
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}

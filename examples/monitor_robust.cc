// A monitor that does not give up easily: the client reconnects by itself with growing waits; when
// even that ends, it is started again, each time after twice the wait, a few times.
//
//   monitor_robust [URI [SECONDS [FIRST_WAIT]]]

#include <algorithm>
#include <cstdio>
#include <thread>

#include "examples/arguments.h"
#include "oriel/app/monitor/client.h"
#include "oriel/core/monitor/document_figure.h"

int main(int count, char** arguments) {
  using namespace oriel::monitor;
  constexpr int kRetries = 5;
  auto wait = example::seconds(example::argument(count, arguments, 3, "10"));
  ClientOptions options;
  options.uri = example::argument(count, arguments, 1, "ws://localhost:8765");
  options.max_reconnect_attempts = 3;
  options.reconnect_interval = std::max(wait / 10, std::chrono::milliseconds(1));
  options.on_message = [](const ServerMessage& message) {
    const auto cpu = document_figure(message.document, "processor", "usage_percent");
    std::printf("CPU: %.1f%%\n", cpu.value_or(0));
  };
  Client client(options);
  for (int attempt = 1; attempt <= kRetries; ++attempt) {
    if (auto started = client.start(); !started) {
      std::fprintf(stderr, "%s\n", started.error().message.c_str());
      return 2;
    }
    const auto ended = client.wait(example::seconds(example::argument(count, arguments, 2, "60")));
    if (ended) return 0;
    std::printf("Attempt %d failed: %s\n", attempt, ended.error().message.c_str());
    if (attempt < kRetries) std::this_thread::sleep_for(wait);
    wait *= 2;
  }
  std::printf("All attempts failed\n");
  return 10;
}

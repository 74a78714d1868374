// The shortest client: one function that is called with each message.
//
//   monitor_simple [URI [SECONDS]]

#include <cstdio>

#include "examples/arguments.h"
#include "oriel/app/monitor/simple_client.h"
#include "oriel/core/monitor/document_figure.h"

int main(int count, char** arguments) {
  using namespace oriel::monitor;
  SimpleClient client({.uri = example::argument(count, arguments, 1, "ws://localhost:8765"),
                       .on_data = [](const Value& message) {
                         const auto cpu = document_figure(message, "processor", "usage_percent");
                         std::printf("CPU: %.1f%%%s\n", cpu.value_or(0),
                                     cpu > 80 ? "  Alert: high CPU!" : "");
                       }});
  if (auto connected = client.connect(); !connected) {
    std::fprintf(stderr, "%s\n", connected.error().message.c_str());
    return 10;
  }
  const auto ended = client.wait(example::seconds(example::argument(count, arguments, 2, "60")));
  client.disconnect();
  return ended ? 0 : 11;
}

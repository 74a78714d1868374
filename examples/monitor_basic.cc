// Shows a server's figures for a while, then what was counted. The callbacks run in this thread,
// inside wait().
//
//   monitor_basic [URI [SECONDS [FORMAT]]]

#include <cstdio>

#include "examples/arguments.h"
#include "oriel/app/monitor/client.h"

int main(int count, char** arguments) {
  using namespace oriel::monitor;
  ClientOptions options;
  options.uri = example::argument(count, arguments, 1, "ws://localhost:8765");
  options.max_reconnect_attempts = 3;
  options.on_error = [](const ClientError& error) {
    std::fprintf(stderr, "%s\n", error.message.c_str());
  };
  Client client(options);
  client.on("state_change", [](const ClientEvent& event) {
    std::printf("%s -> %s\n", event.data().find("old_state")->string()->c_str(),
                event.data().find("new_state")->string()->c_str());
  });
  const auto format = example::argument(count, arguments, 3, "simple");
  if (auto known = client.set_formatter(format, false); !known) {
    std::fprintf(stderr, "%s\n", known.error().message.c_str());
    return 2;
  }
  if (auto started = client.start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().message.c_str());
    return 2;
  }
  const auto ended = client.wait(example::seconds(example::argument(count, arguments, 2, "60")));
  std::printf("%s\n", to_json(statistics_document(client.statistics())).c_str());
  return ended ? 0 : 10;
}

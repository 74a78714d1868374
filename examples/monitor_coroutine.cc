// The same as a coroutine: it asks for what it wants to see, and waits for one message after the
// other.
//
//   monitor_coroutine [URI [MESSAGES]]

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <string>

#include "examples/arguments.h"
#include "oriel/app/monitor/client.h"

namespace {

using namespace oriel::monitor;

boost::asio::awaitable<void> watch(Client& client, int wanted, int& exit_code) {
  for (int seen = 0; seen < wanted;) {
    const auto message = co_await client.next();
    if (!message) {
      std::fprintf(stderr, "%s\n", message.error().message.c_str());
      exit_code = 10;
      break;
    }
    if ((*message)->kind != ServerMessageKind::kMonitoringData) continue;
    const auto* load = (*message)->data()->find("load");
    std::printf("load: %s\n", load == nullptr ? "unknown" : to_json(*load).c_str());
    ++seen;
  }
  client.stop();
}

}  // namespace

int main(int count, char** arguments) {
  boost::asio::io_context loop(1);
  ClientOptions options;
  options.uri = example::argument(count, arguments, 1, "ws://localhost:8765");
  options.reconnect = false;
  options.subscribe = Subscribe{};
  options.subscribe->metrics = {Metric::kLoad, Metric::kProcessor};
  options.subscribe->interval = std::chrono::milliseconds(200);
  options.subscribe->wants_delta = true;  // the client makes whole documents of them
  Client client(loop.get_executor(), options);
  if (auto started = client.start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().message.c_str());
    return 2;
  }
  int exit_code = 0;
  const int wanted = std::atoi(example::argument(count, arguments, 2, "10").c_str());
  boost::asio::co_spawn(loop, watch(client, wanted, exit_code), boost::asio::detached);
  loop.run();
  return exit_code;
}

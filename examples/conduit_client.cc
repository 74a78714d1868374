// A tour of the conduit's client, at the server of conduit_server.cc or the real netconduit
// example: calls, errors, messages, several calls at once, hooks, what the server may call, health.
//
//   conduit_client [TARGET [PASSWORD]]     TARGET: HOST:PORT, tls://HOST:PORT, unix:PATH, ws://...

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/describe.hpp>
#include <chrono>
#include <cstdio>
#include <future>
#include <string>
#include <vector>

#include "examples/arguments.h"
#include "oriel/app/conduit/client.h"

namespace {

using namespace oriel::conduit;
using namespace std::chrono_literals;

struct CalculateRequest {
  double a = 0;
  double b = 0;
  std::string operation;
};
BOOST_DESCRIBE_STRUCT(CalculateRequest, (), (a, b, operation))

struct CalculateResult {
  double result = 0;
};
BOOST_DESCRIBE_STRUCT(CalculateResult, (), (result))

void print(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

std::string shown(const CallResult<CalculateResult>& result) {
  if (result) return std::to_string(result->result);
  return std::string(row_of(kind_of(result.error())).name) + ": " + result.error().message;
}

// The same without a thread of its own: everything on the application's loop.
boost::asio::awaitable<void> calculate_in_a_coroutine(Client& client) {
  if (auto connected = co_await client.async_connect(); !connected) {
    print("not connected: " + connected.error().message);
    co_return;
  }
  const CalculateRequest request{.a = 7, .b = 3, .operation = "subtract"};
  const auto difference = co_await client.async_call<CalculateResult>("calculate", request);
  print("in a coroutine, 7 - 3 = " + shown(difference));
  co_await client.async_disconnect();
}

}  // namespace

int main(int count, char** arguments) {
  const ClientOptions options{
      .target = example::argument(count, arguments, 1, "localhost:8080"),
      .password = example::argument(count, arguments, 2, "secret123"),
      .name = "ExampleClient",
      .reconnect_delay = 500ms,
  };
  Client client(options);

  // === Before connecting: what happens then, what the server may say and call ===
  client.on_connect([&] { print("connected to " + client.server_info().name); });
  client.on_disconnect([](const ClientError& reason) { print("disconnected: " + reason.message); });
  std::promise<void> ponged;
  client.on("ping_response", [&](const Value& data) {
    if (const auto* pong = data.find("pong"); pong != nullptr) ponged.set_value();
  });
  client.on("chat", [](const Value& data) {
    const auto* text = data.find("message");
    print("chat: " + (text != nullptr && text->if_text() ? *text->if_text() : "?"));
  });
  client.rpc("whoami", [] { return "the tour"; });

  if (const auto connected = client.connect(); !connected) {
    print("cannot connect (" + std::string(row_of(connected.error().kind).name) +
          "): " + connected.error().message);
    return 1;
  }

  // === Calls: with a struct, or with named arguments ===
  const auto product = client.call<CalculateResult>(
      "calculate", CalculateRequest{.a = 6, .b = 7, .operation = "multiply"});
  print("6 * 7 = " + shown(product));
  const auto sum = client.call<CalculateResult>(
      "calculate", {{"a", 1}, {"b", 2}, {"operation", "add"}}, {.timeout = 5s});
  print("1 + 2 = " + shown(sum));

  // === What the server says is wrong is an error here, with its number ===
  const auto quotient =
      client.call<CalculateResult>("calculate", params("a", 1, "b", 0, "operation", "divide"));
  print("1 / 0: " + shown(quotient));
  print("no such method: " + std::string(row_of(client.call("nosuch").error().code).name));

  // === Several at once: the answers come as they are ready ===
  std::vector<std::future<CallResult<CalculateResult>>> squares;
  for (int i = 1; i <= 5; ++i)
    squares.push_back(client.call_future<CalculateResult>(
        "calculate", {{"a", i}, {"b", i}, {"operation", "multiply"}}));
  for (auto& square : squares) print("a square: " + shown(square.get()));

  // === Messages ===
  if (client.send("ping") && ponged.get_future().wait_for(5s) == std::future_status::ready)
    print("pong");
  if (client.send("chat", {{"message", "hello"}})) print("said hello");

  // === What there is, and how we are ===
  if (const auto methods = client.discover())
    for (const auto& method : *methods)
      if (const auto* name = method.find("name")) print("method: " + *name->if_text());
  const auto health = client.health();
  print("state: " + std::string(client_state_name(health.state)));
  print("calls made: " + std::to_string(client.statistics().rpc_calls_made));
  client.disconnect();

  boost::asio::io_context loop;
  Client other(loop.get_executor(), options);
  boost::asio::co_spawn(loop, calculate_in_a_coroutine(other), boost::asio::detached);
  loop.run();
  return 0;
}

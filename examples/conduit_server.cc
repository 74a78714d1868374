// A complete server: hooks, a chat with broadcasts, a method that takes a struct, and statistics.
//
//   conduit_server [PORT [PASSWORD]]

#include <boost/describe.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <expected>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "examples/arguments.h"
#include "oriel/app/conduit/server.h"

namespace {

using namespace oriel::conduit;

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Handlers run in threads of their own, so what they share has a lock.
class Clients {
 public:
  void add(const std::string& id) {
    const std::lock_guard lock(mutex_);
    connected_at_[id] = now();
  }
  void remove(const std::string& id) {
    const std::lock_guard lock(mutex_);
    connected_at_.erase(id);
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return connected_at_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, double> connected_at_;
};

struct CalculateRequest {
  double a = 0;
  double b = 0;
  std::string operation;
};
BOOST_DESCRIBE_STRUCT(CalculateRequest, (), (a, b, operation))

Answer calculate(const CalculateRequest& request) {
  static const std::map<std::string, std::function<double(double, double)>> kOperations{
      {"add", std::plus<>()},
      {"subtract", std::minus<>()},
      {"multiply", std::multiplies<>()},
      {"divide", std::divides<>()}};
  const auto operation = kOperations.find(request.operation);
  if (operation == kOperations.end())
    return std::unexpected(
        CallError::validation("Unknown operation: " + request.operation, "operation"));
  if (request.operation == "divide" && request.b == 0)
    return std::unexpected(CallError{.message = "Division by zero", .number = 400});
  return Response::of(Map{{"result", operation->second(request.a, request.b)}});
}

void print(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  Server server({.password = example::argument(count, arguments, 2, "secret123"),
                 .name = "ExampleServer",
                 .version = "1.0.0",
                 .host = "0.0.0.0",
                 .port = static_cast<std::uint16_t>(
                     std::atoi(example::argument(count, arguments, 1, "8080").c_str())),
                 .max_connections = 100});
  Clients clients;

  // === Lifecycle ===
  server.on_startup([](Server& started) {
    print("Starting " + started.config().name + " v" + started.config().version);
    print("Listening on " + started.address());
  });
  server.on_shutdown([] { print("Shutting down. Goodbye!"); });
  server.on_client_connect([&](Connection& client) {
    clients.add(client.id());
    print("Client " + client.id() + " connected");
    server.broadcast("user_join", Map{{"id", client.id()}}, {.exclude = {client.id()}});
  });
  server.on_client_disconnect([&](Connection& client) {
    clients.remove(client.id());
    print("Client " + client.id() + " disconnected");
    server.broadcast("user_leave", Map{{"id", client.id()}});
  });

  // === Message handlers: what they return is sent back ===
  server.on("ping", [](const Value&) { return Map{{"pong", true}, {"time", now()}}; });
  server.on("chat", [&](Connection& client, const Value& data) {
    const auto* message = data.find("message");
    server.broadcast("chat",
                     Map{{"from", client.id()},
                         {"message", message != nullptr ? *message : Value("")},
                         {"timestamp", now()}},
                     {.exclude = {client.id()}});
    return Map{{"sent", true}};
  });

  // === RPC methods ===
  server.rpc("calculate", calculate, {.description = "Performs a calculation."});
  server.rpc("get_stats",
             [&] {
               return Map{
                   {"clients", clients.count()},
                   {"uptime", std::chrono::duration<double>(server.statistics().uptime).count()}};
             },
             {.description = "Gives the server's statistics."});

  // Until SIGINT or SIGTERM.
  if (const auto ended = server.run(); !ended) {
    std::fprintf(stderr, "%s\n", ended.error().message.c_str());
    return 1;
  }
  return 0;
}

#pragma once
// A RemoteScreen with a thread of its own, for programs that have no executor:
//
//   Connection connection({.target = "host:1", .password = "secret"});
//   if (auto connected = connection.connect(); !connected) complain(connected.error().message);
//   agent::Agent agent(connection.target());  // app/agent/sync_agent.h
//   agent.mouse().left_click(100, 100);

#include <chrono>
#include <functional>
#include <memory>

#include "oriel/app/agent/agent_error.h"
#include "oriel/app/client/connection_options.h"
#include "oriel/app/client/server_facts.h"
#include "oriel/core/image/frame.h"

namespace oriel::agent {
class AgentTarget;
}

namespace oriel::client {

class RemoteScreen;

// Every function may be called from any thread but its own, which listeners are called on: there
// use the RemoteScreen that they are given.
class Connection {
 public:
  explicit Connection(ConnectionOptions options);
  // Disconnects, and waits for the end.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  agent::AgentStatus connect();
  void disconnect();
  bool is_connected();
  ServerFacts info();

  // The picture as it is on the server now, at most `timeout` later.
  agent::AgentResult<image::Frame> screenshot(
      std::chrono::milliseconds timeout = std::chrono::seconds(5));
  // Asks the server for another size.
  agent::AgentStatus resize(image::Size size,
                            std::chrono::milliseconds timeout = std::chrono::seconds(5));

  // For agents, whose verbs and waits run on its loop.
  agent::AgentTarget& target();
  // Does `work` on its thread, and waits until that is done.
  void call(const std::function<void(RemoteScreen&)>& work);

 private:
  struct Loop;
  template <typename T, typename Work>
  T await(Work work);
  template <typename Work>
  void wait(Work work);

  std::unique_ptr<Loop> loop_;
  std::unique_ptr<RemoteScreen> screen_;
};

}  // namespace oriel::client

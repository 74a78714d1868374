#pragma once
// A RemoteScreen with a thread of its own, for programs that have no executor:
//
//   Connection connection({.target = "host:1", .password = "secret"});
//   if (auto connected = connection.connect(); !connected) complain(connected.error().message);
//   auto picture = connection.screenshot();

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "oriel/app/client/remote_screen.h"
#include "oriel/core/image/frame.h"

namespace oriel::client {

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

  // For what runs on its loop: verbs and waits.
  RemoteScreen& screen() { return *screen_; }
  // Does `work` on its thread, and waits until that is done.
  void call(const std::function<void(RemoteScreen&)>& work);
  template <typename T>
  T await(const std::function<boost::asio::awaitable<T>(RemoteScreen&)>& work) {
    std::optional<T> result;
    wait([&work, &result](RemoteScreen& screen) -> boost::asio::awaitable<void> {
      result = co_await work(screen);
    });
    return *std::move(result);
  }
  void wait(const std::function<boost::asio::awaitable<void>(RemoteScreen&)>& work);

 private:
  struct Loop;

  std::unique_ptr<Loop> loop_;
  std::unique_ptr<RemoteScreen> screen_;
};

}  // namespace oriel::client

#pragma once
// What the tests of the client share: a server of ours that can be killed and comes back.

#include <gtest/gtest.h>

#include <boost/describe.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "oriel/app/conduit/client.h"
#include "oriel/app/conduit/server.h"

namespace oriel::conduit {

struct Point {
  int x = 0;
  int y = 0;
};
BOOST_DESCRIBE_STRUCT(Point, (), (x, y))

// What one thread puts in and another waits for.
template <typename T>
class Mailbox {
 public:
  void put(T value) {
    std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    came_.notify_all();
  }
  std::optional<T> take() {
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, std::chrono::seconds(10), [this] { return !values_.empty(); }))
      return std::nullopt;
    auto value = std::move(values_.front());
    values_.pop_front();
    return value;
  }
  std::vector<T> all() {
    std::lock_guard lock(mutex_);
    return {values_.begin(), values_.end()};
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<T> values_;
};

// A server on a port of this machine that can be killed and comes back on the same one.
class TestServer {
 public:
  using Setup = std::function<void(Server&)>;

  explicit TestServer(Setup setup = {}, ServerOptions options = {})
      : options_(std::move(options)), setup_(std::move(setup)) {
    options_.password = "secret";
    options_.host = "127.0.0.1";
    options_.port = 0;
    options_.scram_iterations = 4096;
    options_.stop_timeout = std::chrono::seconds(1);
    start();
  }
  ~TestServer() { server_.reset(); }

  void start() {
    server_.emplace(options_);
    server_->rpc("add", [](int a, int b) { return a + b; }, {.parameters = {{"a"}, {"b"}}});
    server_->rpc("norm", [](Point point) { return point.x * point.x + point.y * point.y; });
    server_->rpc("mirror", [](Point point) { return Point{point.y, point.x}; });
    server_->rpc("hang", [this](Context& context) {
      begun_.put(1);
      while (!context.stop_token().stop_requested())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      ended_.put(1);
    });
    if (setup_) setup_(*server_);
    const auto status = server_->start();
    ASSERT_TRUE(status) << status.error().message;
    options_.port = server_->port();
  }
  void kill() { server_.reset(); }

  Server& operator*() { return *server_; }
  Server* operator->() { return &*server_; }
  std::uint16_t port() const { return options_.port; }
  // Calls of "hang" that began, and that saw their stop.
  Mailbox<int>& begun() { return begun_; }
  Mailbox<int>& ended() { return ended_; }

 private:
  ServerOptions options_;
  Setup setup_;
  Mailbox<int> begun_;
  Mailbox<int> ended_;
  std::optional<Server> server_;
};

inline ClientOptions to(const TestServer& server) {
  return {.server_host = "127.0.0.1",
          .server_port = server.port(),
          .password = "secret",
          .reconnect_attempts = 0,
          .reconnect_delay = std::chrono::milliseconds(2),
          .reconnect_delay_max = std::chrono::milliseconds(10)};
}

// Port 1 (tcpmux, RFC 1078) is nobody's for decades, and is never given out as a free one.
inline ClientOptions to_nobody() {
  return {.server_host = "127.0.0.1", .server_port = 1, .password = "secret"};
}

}  // namespace oriel::conduit

#pragma once
// What the tests of the server share: one that runs, and clients that are no library of ours.

#include <gtest/gtest.h>

#include <boost/describe.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "oriel/app/conduit/server.h"
#include "oriel/testing/conduit/raw_peer.h"

namespace oriel::conduit::server_stage {

inline ServerOptions quick_options() {
  return {.password = "secret",
          .host = "127.0.0.1",
          .port = 0,
          .scram_iterations = 4096,
          .stop_timeout = std::chrono::seconds(2)};
}

// A server that runs, with what its tests do to it.
struct ServerStage {
  explicit ServerStage(ServerOptions options = quick_options()) : server(std::move(options)) {}
  void start() {
    const auto status = server.start();
    ASSERT_TRUE(status) << status.error().message;
  }
  testing::RawPeer join(const std::string& password = "secret") {
    testing::RawPeer peer(server.port());
    const auto answer = peer.log_in(password);
    EXPECT_TRUE(answer && answer->type == FrameType::kAuthSuccess);
    return peer;
  }
  // What happens soon, on another thread.
  static bool comes(const std::function<bool()>& what) {
    const auto until = Clock::now() + std::chrono::seconds(10);
    while (!what() && Clock::now() < until) std::this_thread::yield();
    return what();
  }

  Server server;
};

// Of the envelope of an answer.
inline std::string text(const Value& envelope, std::string_view key) {
  const auto* value = envelope.find(key);
  return value != nullptr && value->if_text() != nullptr ? *value->if_text() : "";
}
inline Value data(const Value& envelope) {
  const auto* value = envelope.find("data");
  return value != nullptr ? *value : Value("no data");
}
inline std::int64_t code(const Value& envelope) {
  const auto* value = envelope.find("code");
  return value != nullptr && value->if_integer() != nullptr ? *value->if_integer() : -1;
}

struct CalculateRequest {
  double a = 0;
  double b = 0;
  std::string operation;
};
BOOST_DESCRIBE_STRUCT(CalculateRequest, (), (a, b, operation))

inline int add_function(int a, int b) { return a + b; }

}  // namespace oriel::conduit::server_stage

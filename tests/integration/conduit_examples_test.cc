// The example of the conduit server, with clients that speak as the real programs do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <regex>

#include "oriel/testing/conduit/raw_peer.h"
#include "tests/support/child_process.h"
#include "tests/support/wait_until.h"

namespace oriel::support {
namespace {

using conduit::FrameType;
using conduit::Map;
using conduit::Value;
using ::testing::HasSubstr;
using testing::RawPeer;

std::string text(const Value& map, std::string_view key) {
  const auto* value = map.find(key);
  return value != nullptr && value->if_text() != nullptr ? *value->if_text() : "";
}

TEST(ConduitExamples, ServeTheWholeExampleOfTheSeed) {
  ChildProcess server({{std::string(ORIEL_EXAMPLES) + "/conduit_server", "0", "secret123"}, {}});
  std::smatch found;
  std::string output;
  wait_until([&] {
    output = server.output();
    return std::regex_search(output, found, std::regex("Listening on 0\\.0\\.0\\.0:([0-9]+)\n"));
  });
  ASSERT_FALSE(found.empty()) << output;
  EXPECT_THAT(output, HasSubstr("Starting ExampleServer v1.0.0"));
  const auto port = static_cast<std::uint16_t>(std::stoi(found[1]));

  RawPeer ann(port);
  ASSERT_EQ(ann.log_in("secret123")->type, FrameType::kAuthSuccess);
  {
    RawPeer ben(port);
    ASSERT_EQ(ben.log_in("secret123")->type, FrameType::kAuthSuccess);
    EXPECT_EQ(text(ann.next(FrameType::kMessage)->payload, "type"), "user_join");
    ben.send(testing::message("chat", Map{{"message", "hello"}}));
    const auto chat = ann.next(FrameType::kMessage);
    EXPECT_EQ(text(*chat->payload.find("data"), "message"), "hello");
    EXPECT_EQ(text(ben.next(FrameType::kMessage)->payload, "type"), "chat_response");
    ben.send(testing::message("ping"));
    EXPECT_EQ(text(ben.next(FrameType::kMessage)->payload, "type"), "ping_response");
  }
  EXPECT_EQ(text(ann.next(FrameType::kMessage)->payload, "type"), "user_leave");

  const auto calculate = [&](double a, double b, const char* operation) {
    return ann.call("calculate",
                    Map{{"request", Map{{"a", a}, {"b", b}, {"operation", operation}}}});
  };
  EXPECT_EQ(*calculate(6, 7, "multiply").find("data")->find("result"), Value(42.0));
  EXPECT_EQ(*calculate(1, 0, "divide").find("code"), Value(400));
  EXPECT_EQ(*calculate(1, 2, "power").find("code"), Value(2000));
  EXPECT_EQ(*ann.call("get_stats").find("data")->find("clients"), Value(1));

  EXPECT_EQ(server.stop(SIGINT, kPatience), 0);
  EXPECT_TRUE(ann.is_ended());
  EXPECT_THAT(server.output(), HasSubstr("Shutting down. Goodbye!"));
}

TEST(ConduitExamples, TourTheClient) {
  ChildProcess server({{std::string(ORIEL_EXAMPLES) + "/conduit_server", "0", "secret123"}, {}});
  std::smatch found;
  std::string output;
  wait_until([&] {
    output = server.output();
    return std::regex_search(output, found, std::regex("Listening on 0\\.0\\.0\\.0:([0-9]+)\n"));
  });
  ASSERT_FALSE(found.empty()) << output;
  ChildProcess tour({{std::string(ORIEL_EXAMPLES) + "/conduit_client",
                      "127.0.0.1:" + found[1].str(), "secret123"},
                     {}});
  wait_until([&] { return tour.exit_code().has_value(); });
  EXPECT_EQ(tour.exit_code(), 0) << tour.output();
  for (const auto* line :
       {"connected to ExampleServer\n", "6 * 7 = 42.000000\n", "1 + 2 = 3.000000\n",
        "1 / 0: remote: Division by zero\n", "no such method: METHOD_NOT_FOUND\n",
        "a square: 25.000000\n", "pong\n", "said hello\n", "method: calculate\n", "state: ACTIVE\n",
        "disconnected: ", "in a coroutine, 7 - 3 = 4.000000\n"})
    EXPECT_THAT(tour.output(), HasSubstr(line));

  ChildProcess guess(
      {{std::string(ORIEL_EXAMPLES) + "/conduit_client", "127.0.0.1:" + found[1].str(), "guess"},
       {}});
  wait_until([&] { return guess.exit_code().has_value(); });
  EXPECT_EQ(guess.exit_code(), 1);
  EXPECT_THAT(guess.output(), HasSubstr("cannot connect (authentication): "));
}

}  // namespace
}  // namespace oriel::support

// Messages that a server takes and sends to all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <vector>

#include "oriel/app/conduit/server_stage_test.h"

namespace oriel::conduit {
namespace {

using server_stage::CalculateRequest;
using server_stage::data;
using server_stage::ServerStage;
using server_stage::text;
using ::testing::ElementsAre;

TEST(Server, SendsBackWhatAHandlerOfMessagesReturns) {
  ServerStage stage;
  std::atomic<int> seen = 0;
  stage.server.on("ping", [](Connection&, const Value&) { return Map{{"pong", true}}; });
  stage.server.on("silent", [&](const Value&) { ++seen; });
  stage.server.on("maybe", [](int number) -> std::optional<int> {
    return number > 0 ? std::optional(number) : std::nullopt;
  });
  stage.server.on(
      "later", [](Context& context, std::string word) -> boost::asio::awaitable<std::string> {
        co_await boost::asio::post(context.connection().executor(), boost::asio::use_awaitable);
        co_return word + word;
      });
  stage.start();
  auto peer = stage.join();
  for (const auto& [type, value] : std::vector<std::pair<std::string, Value>>{
           {"unknown", 1}, {"silent", 1}, {"maybe", 0}, {"maybe", "no number"}, {"ping", {}}})
    peer.send(oriel::testing::message(type, value));
  auto answer = peer.next();
  ASSERT_TRUE(answer);
  EXPECT_EQ(text(answer->payload, "type"), "ping_response");
  EXPECT_EQ(answer->correlation, 0u);
  EXPECT_TRUE(ServerStage::comes([&] { return seen == 1; }));
  peer.send(oriel::testing::message("later", "ab"));
  answer = peer.next();
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer->payload.find("data"), Value("abab"));
}

TEST(Server, RunsSeveralHandlersInTheOrderOfTheirPriority) {
  ServerStage stage;
  std::mutex mutex;
  std::vector<int> order;
  const auto note = [&](int number) {
    std::lock_guard lock(mutex);
    order.push_back(number);
  };
  stage.server.on("x", [&](const Value&) { note(3); }, {.priority = -1});
  stage.server.on("x",
                  [&](const Value&) {
                    note(1);
                    return "first";
                  },
                  {.priority = 5, .run = Run::kLoop});
  stage.server.on("x", [&](const Value&) -> int {
    note(2);
    throw std::runtime_error("bang");
  });
  stage.start();
  auto peer = stage.join();
  peer.send(oriel::testing::message("x"));
  const auto answer = peer.next();
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer->payload.find("data"), Value("first"));
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST(Server, KeepsTheOrderOfMessagesOfAType) {
  ServerStage stage;
  std::mutex mutex;
  std::vector<int> order;
  stage.server.on("n", [&](int number) {
    std::lock_guard lock(mutex);
    order.push_back(number);
  });
  stage.start();
  auto peer = stage.join();
  Bytes all;
  std::vector<int> expected;
  for (int i = 0; i < 500; ++i) {
    const auto one = oriel::testing::message("n", i);
    all.insert(all.end(), one.begin(), one.end());
    expected.push_back(i);
  }
  peer.send(all);
  EXPECT_TRUE(ServerStage::comes([&] {
    std::lock_guard lock(mutex);
    return order.size() == 500;
  }));
  EXPECT_EQ(order, expected);
}

TEST(Server, BroadcastsToAllButTheExcluded) {
  ServerStage stage;
  stage.server.on("chat", [&](Connection& from, const Value& said) {
    EXPECT_EQ(stage.server.broadcast("chat", said, {.exclude = {from.id()}}), 2u);
    return Map{{"sent", true}};
  });
  stage.start();
  EXPECT_EQ(stage.server.broadcast("chat", "nobody"), 0u);
  auto ann = stage.join(), ben = stage.join(), eve = stage.join();
  ann.send(oriel::testing::message("chat", "hello"));
  EXPECT_EQ(*ben.next()->payload.find("data"), Value("hello"));
  EXPECT_EQ(*eve.next()->payload.find("data"), Value("hello"));
  EXPECT_EQ(text(ann.next()->payload, "type"), "chat_response");
  EXPECT_EQ(stage.server.broadcast("all", CalculateRequest{1, 2, "add"}), 3u);
  EXPECT_EQ(text(*ann.next()->payload.find("data"), "operation"), "add");
  EXPECT_EQ(stage.server.broadcast("", {}), 0u) << "a type needs a name";
}

}  // namespace
}  // namespace oriel::conduit

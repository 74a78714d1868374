// Messages and hooks of a client.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "oriel/app/conduit/client_stage_test.h"

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;
using ::testing::AllOf;
using ::testing::HasSubstr;

// ---- messages

TEST(ConduitClient, SendsMessagesAndTakesReplies) {
  TestServer server([](Server& s) { s.on("chat", [](std::string text) { return text + "!"; }); });
  Client client(to(server));
  Mailbox<std::string> replies;
  client.on("chat_response", [&](std::string text) { replies.put(text); });
  EXPECT_EQ(client.send("chat", "early").error().kind, ClientErrorKind::kNotConnected);
  ASSERT_TRUE(client.connect());
  EXPECT_TRUE(client.send("chat", "hi"));
  EXPECT_EQ(replies.take(), "hi!");
}

TEST(ConduitClient, TakesBroadcastsAsItsTypes) {
  TestServer server;
  Client client(to(server));
  Mailbox<int> points;
  client.on("moved", [&](Point point) { points.put(point.x * 10 + point.y); });
  ASSERT_TRUE(client.connect());
  server->broadcast("moved", Point{4, 2});
  EXPECT_EQ(points.take(), 42);
}

TEST(ConduitClient, RefusesAMessageWithoutAType) {
  TestServer server;
  Client client(to(server));
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(client.send("", {{"a", 1}}).error().kind, ClientErrorKind::kValidation);
}

TEST(ConduitClient, IsCalledByTheServer) {
  Mailbox<CallResult<Value>> answers;
  TestServer server([&](Server& s) {
    s.rpc("ask_back", [&](Context& context) -> awaitable<Value> {
      auto asked = context.connection().async_call("double", Map{{"n", 21}});
      auto answer = co_await std::move(asked);
      co_return answer ? *answer : Value();
    });
  });
  Client client(to(server));
  client.rpc("double", [](int n) { return 2 * n; }, {.parameters = {{"n"}}});
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(client.call<int>("ask_back"), 42);
}

// ---- callbacks

TEST(ConduitClient, IsCalledInsideHandlersAndHooksThatMayWait) {
  TestServer server;
  Client client(to(server));
  Mailbox<int> sums;
  const auto add = [&] { sums.put(client.call<int>("add", {{"a", 1}, {"b", 1}}).value_or(-1)); };
  client.on_connect(add);
  client.on("go", [&](Value) { add(); });
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(sums.take(), 2);
  server->broadcast("go", Value());
  EXPECT_EQ(sums.take(), 2);
}

TEST(ConduitClient, SaysThatACallWouldWaitForItself) {
  TestServer server;
  Client client(to(server));
  Mailbox<CallResult<Value>> results;
  Mailbox<ClientStatus> sent;
  client.on("go",
            [&](Value) {
              results.put(client.call("add", {{"a", 1}, {"b", 1}}));
              sent.put(client.connect());
              sent.put(client.send("anything"));
              client.disconnect();  // does not wait
            },
            {.run = Run::kLoop});
  ASSERT_TRUE(client.connect());
  server->broadcast("go", Value());
  const auto result = results.take();
  ASSERT_TRUE(result && !*result);
  EXPECT_EQ(kind_of(result->error()), ClientErrorKind::kUsage);
  EXPECT_THAT(result->error().message, AllOf(HasSubstr("call()"), HasSubstr("Run::kWorker")));
  EXPECT_EQ(sent.take()->error().kind, ClientErrorKind::kUsage);
  EXPECT_TRUE(*sent.take());
  EXPECT_TRUE(client.wait(10s));
}

TEST(ConduitClient, DisconnectsInsideAHook) {
  TestServer server;
  Client client(to(server));
  client.on_connect([&] { client.disconnect(); });
  EXPECT_TRUE(client.connect());
  EXPECT_TRUE(client.wait(10s));
}

TEST(ConduitClient, OutlivesHooksThatThrow) {
  TestServer server;
  Client client(to(server));
  Mailbox<int> called;
  client.on_connect([] { throw std::runtime_error("bang"); });
  client.on_connect([&] { called.put(1); });
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(called.take(), 1);
}

}  // namespace
}  // namespace oriel::conduit

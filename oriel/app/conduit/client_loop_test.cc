// A client on its application's io_context, and how it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "oriel/app/conduit/client_stage_test.h"

namespace oriel::conduit {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::awaitable;
using ::testing::HasSubstr;

TEST(ConduitClient, WorksInCoroutinesOfTheApplication) {
  TestServer server;
  asio::io_context loop;
  Client client(loop.get_executor(), to(server));
  std::optional<CallResult<int>> sum;
  std::optional<ClientStatus> sent, sync;
  asio::co_spawn(
      loop,
      [&]() -> awaitable<void> {
        const auto connected = co_await client.async_connect();
        EXPECT_TRUE(connected);
        sum = co_await client.async_call<int>("add", params("a", 1, "b", 2));
        sent = co_await client.async_send("chat", std::string("hi"));
        sync = client.connect();
        co_await client.async_disconnect();
      },
      asio::detached);
  loop.run();
  EXPECT_EQ(*sum, 3);
  EXPECT_TRUE(*sent);
  EXPECT_EQ(sync->error().kind, ClientErrorKind::kUsage);
  EXPECT_THAT(sync->error().message, HasSubstr("async_connect"));
  EXPECT_EQ(client.state(), ClientState::kDisconnected);
}

TEST(ConduitClient, KeepsTheContextOfACallerBusy) {
  TestServer server;
  Client client(to(server));
  ASSERT_TRUE(client.connect());
  asio::io_context loop;
  std::optional<CallResult<int>> sum;
  asio::co_spawn(
      loop,
      [&]() -> awaitable<void> {
        sum = co_await client.async_call<int>("add", params("a", 1, "b", 2));
      },
      asio::detached);
  loop.run();  // ends with the call, not before
  ASSERT_TRUE(sum);
  EXPECT_EQ(*sum, 3);
}

TEST(ConduitClient, CancelsACallWithItsCoroutine) {
  using namespace asio::experimental::awaitable_operators;
  TestServer server;
  asio::io_context loop;
  Client client(loop.get_executor(), to(server));
  std::size_t first = 9;
  asio::co_spawn(
      loop,
      [&]() -> awaitable<void> {
        const auto connected = co_await client.async_connect();
        EXPECT_TRUE(connected);
        asio::steady_timer timer(loop, 20ms);
        auto either = client.async_call("hang") || timer.async_wait(asio::use_awaitable);
        const auto result = co_await std::move(either);
        first = result.index();
        co_await client.async_disconnect();
      },
      asio::detached);
  loop.run();
  EXPECT_EQ(first, 1u);
  EXPECT_TRUE(server.ended().take());
}

TEST(ConduitClient, MayGoWhileItsContextStillRuns) {
  TestServer server;
  asio::io_context loop;
  std::optional<CallResult<Value>> lost;
  asio::co_spawn(
      loop,
      [&]() -> awaitable<void> {
        auto client = std::make_unique<Client>(loop.get_executor(), to(server));
        const auto connected = co_await client->async_connect();
        EXPECT_TRUE(connected);
        auto hanging = client->call_future("hang");
        while (server.begun().all().empty()) {
          asio::steady_timer timer(loop, 1ms);
          co_await timer.async_wait(asio::use_awaitable);
        }
        client.reset();
        while (hanging.wait_for(0s) != std::future_status::ready) {
          asio::steady_timer timer(loop, 1ms);
          co_await timer.async_wait(asio::use_awaitable);
        }
        lost = hanging.get();
      },
      asio::detached);
  loop.run();
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->error().code, CallCode::kUnknownOutcome);
}

TEST(ConduitClient, MayGoWithAContextThatNeverRan) {
  asio::io_context loop;
  Client client(loop.get_executor(), to_nobody());
  auto call = client.call_future("add");
}

// ---- the end

TEST(ConduitClient, MayGoWhileACoroutineElsewhereConnects) {
  asio::io_context loop;
  auto client = std::make_unique<Client>(to_nobody());
  std::optional<ClientStatus> connected;
  asio::co_spawn(
      loop, client->async_connect(),
      [&](const std::exception_ptr&, ClientStatus status) { connected = std::move(status); });
  loop.poll();
  client.reset();
  loop.run();
  ASSERT_TRUE(connected);
  EXPECT_FALSE(*connected);
}

TEST(ConduitClient, EndsWithCallsUnderWay) {
  TestServer server;
  std::future<CallResult<Value>> hanging;
  {
    Client client(to(server));
    ASSERT_TRUE(client.connect());
    hanging = client.call_future("hang");
    ASSERT_TRUE(server.begun().take());
  }
  EXPECT_EQ(hanging.get().error().code, CallCode::kUnknownOutcome);
}

TEST(ConduitClient, EndsWhileAHandlerWaitsForACall) {
  TestServer server;
  Mailbox<CallCode> ended;
  {
    Client client(to(server));
    client.on("go", [&](Value) { ended.put(client.call("hang").error().code); });
    ASSERT_TRUE(client.connect());
    server->broadcast("go", Value());
    ASSERT_TRUE(server.begun().take());
  }
  EXPECT_EQ(ended.take(), CallCode::kUnknownOutcome);
}

}  // namespace
}  // namespace oriel::conduit

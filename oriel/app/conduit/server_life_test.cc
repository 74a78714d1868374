// How a server begins and ends, on a loop of its own and on that of the application.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <csignal>
#include <latch>
#include <mutex>
#include <thread>

#include "oriel/app/conduit/server_stage_test.h"

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;
using ::oriel::testing::RawPeer;
using server_stage::add_function;
using server_stage::code;
using server_stage::data;
using server_stage::quick_options;
using server_stage::ServerStage;
using server_stage::text;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Server, CallsAllHooksInTheirOrder) {
  ServerStage stage;
  std::mutex mutex;
  std::vector<std::string> told;
  const auto note = [&](std::string what) {
    std::lock_guard lock(mutex);
    told.push_back(std::move(what));
  };
  stage.server.on_startup([&](Server& server) {
    note(std::string("startup ") + std::string(server_state_name(server.state())));
    EXPECT_NE(server.port(), 0);
  });
  stage.server.on_startup([&]() -> boost::asio::awaitable<void> {
    note("second startup");
    co_return;
  });
  stage.server.on_client_connect([&](Connection& connection) -> boost::asio::awaitable<void> {
    co_await boost::asio::post(connection.executor(), boost::asio::use_awaitable);
    note("connect");
  });
  stage.server.on_client_connect([&] { note("second connect"); });
  stage.server.on_client_disconnect([&](Connection& connection) {
    note(std::string("disconnect ") + std::string(connection_state_name(connection.state())));
  });
  stage.server.on_shutdown([&] { note("shutdown"); });
  stage.server.rpc("call", [&] { note("call"); });
  stage.start();
  {
    RawPeer peer(stage.server.port());
    auto both = oriel::testing::hash_log_in();  // what comes at once waits for the hooks
    const auto call = oriel::testing::call(1, "call");
    both.insert(both.end(), call.begin(), call.end());
    peer.send(both);
    EXPECT_TRUE(peer.next(FrameType::kRpcResponse));
  }
  EXPECT_TRUE(ServerStage::comes([&] {
    std::lock_guard lock(mutex);
    return told.size() == 6;
  }));
  stage.server.stop();
  EXPECT_THAT(told, ElementsAre("startup INITIALIZING", "second startup", "connect",
                                "second connect", "call", "disconnect CLOSED", "shutdown"));
}

TEST(Server, DoesNotStartWhenAStartupHookFails) {
  ServerStage stage;
  bool is_broken = true;
  stage.server.on_startup([&] {
    if (is_broken) throw std::runtime_error("no database");
  });
  const auto status = stage.server.start();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "no database");
  EXPECT_EQ(stage.server.failure()->message, "no database");
  EXPECT_EQ(stage.server.state(), ServerState::kCreated);
  is_broken = false;
  stage.start();
  stage.join();
  EXPECT_FALSE(stage.server.start()) << "it runs already";
}

TEST(Server, SaysWhatIsWrongWithItsAddress) {
  ServerStage first;
  first.start();
  auto options = quick_options();
  options.port = first.server.port();
  Server second(options);
  const auto status = second.start();
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("already in use"));
  EXPECT_FALSE(Server({.password = ""}).start());
}

TEST(Server, LetsHandlersEndAndSaysCloseWhenItStops) {
  ServerStage stage;
  std::latch has_begun(1);
  stage.server.rpc("wait", [&](Context& context) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    has_begun.count_down();
    changed.wait(lock, context.stop_token(), [] { return false; });
    return "asked to stop";
  });
  stage.start();
  auto peer = stage.join();
  peer.send(oriel::testing::call(7, "wait"));
  has_begun.wait();
  stage.server.stop("maintenance");
  EXPECT_EQ(stage.server.state(), ServerState::kClosed);
  const auto answer = peer.next(FrameType::kRpcResponse);
  ASSERT_TRUE(answer);
  EXPECT_EQ(data(*answer->payload.find("result")), Value("asked to stop"));
  const auto close = peer.next(FrameType::kClose);
  ASSERT_TRUE(close);
  EXPECT_EQ(text(close->payload, "reason"), "maintenance");
  EXPECT_TRUE(peer.is_ended());
  EXPECT_FALSE(stage.server.start()) << "a stopped server stays so";
}

TEST(Server, MayGoWhileACoroutineElsewhereStopsIt) {
  boost::asio::io_context loop;
  auto stage = std::make_unique<ServerStage>();
  stage->start();
  bool has_stopped = false;
  boost::asio::co_spawn(loop, stage->server.async_stop(),
                        [&](const std::exception_ptr&) { has_stopped = true; });
  loop.poll();
  stage.reset();
  loop.restart();
  while (!has_stopped) loop.poll();
}

TEST(Server, MayBeStoppedByAHandler) {
  ServerStage stage;
  stage.server.rpc("stop", [&] { stage.server.stop(); }, {.run = Run::kLoop});
  stage.start();
  auto peer = stage.join();
  peer.call("stop");
  stage.server.wait();
  EXPECT_EQ(stage.server.state(), ServerState::kClosed);
}

TEST(Server, DoesNotWaitForAHandlerThatNeverEnds) {
  auto options = quick_options();
  options.stop_timeout = 20ms;
  std::promise<void> may_end;
  std::weak_ptr<Connection> handled;
  {
    ServerStage stage(std::move(options));
    std::latch has_begun(1);
    stage.server.rpc("hang", [&, ended = may_end.get_future().share()](Context& context) {
      handled = context.connection().weak_from_this();
      has_begun.count_down();
      ended.wait();
      EXPECT_FALSE(context.connection().send_message("late", 1));
      EXPECT_EQ(context.connection().call_future("late").get().error().code,
                CallCode::kDisconnected);
      return 1;
    });
    stage.start();
    auto peer = stage.join();
    peer.send(oriel::testing::call(1, "hang"));
    has_begun.wait();
  }
  EXPECT_FALSE(handled.expired()) << "its handler holds it";
  may_end.set_value();
  EXPECT_TRUE(ServerStage::comes([&] { return handled.expired(); }));
}

TEST(Server, RunsUntilASignal) {
  ServerStage stage;
  std::atomic<bool> has_shut_down = false;
  stage.server.on_startup([] { ::kill(::getpid(), SIGTERM); });
  stage.server.on_shutdown([&] { has_shut_down = true; });
  const auto status = stage.server.run();
  EXPECT_TRUE(status);
  EXPECT_TRUE(has_shut_down);
  EXPECT_EQ(stage.server.state(), ServerState::kClosed);
}

TEST(Server, TellsWhyItCannotRun) {
  auto options = quick_options();
  options.password.clear();
  Server server(options);
  EXPECT_FALSE(server.run());
}

TEST(Server, CountsWhatItDid) {
  ServerStage stage;
  stage.server.rpc("add", add_function, {.parameters = {"a", "b"}});
  stage.start();
  {
    auto peer = stage.join();
    peer.call("add", Array{1, 2});
    stage.server.broadcast("news", 1);
    peer.next(FrameType::kMessage);
    EXPECT_EQ(stage.server.statistics().connections, 1u);
  }
  EXPECT_TRUE(ServerStage::comes([&] { return stage.server.connection_count() == 0; }));
  const auto statistics = stage.server.statistics();
  EXPECT_EQ(statistics.connections_accepted, 1u);
  EXPECT_EQ(statistics.connections_most, 1u);
  EXPECT_EQ(statistics.broadcasts, 1u);
  EXPECT_EQ(statistics.traffic.calls_answered, 1u);
  EXPECT_EQ(statistics.traffic.messages_out, 1u);
  EXPECT_GT(statistics.traffic.bytes_in, 0u);
  EXPECT_GT(statistics.uptime.count(), 0);
}

TEST(Server, LivesOnTheLoopOfTheApplication) {
  boost::asio::io_context loop;
  Server server(loop.get_executor(), quick_options());
  server.rpc("add", add_function, {.parameters = {"a", "b"}, .run = Run::kLoop});
  bool is_over = false;
  std::thread client;
  boost::asio::co_spawn(
      loop,
      [&]() -> boost::asio::awaitable<void> {
        auto starting = server.async_start();
        const auto status = co_await std::move(starting);
        EXPECT_TRUE(status);
        client = std::thread([port = server.port(), &loop, &server, &is_over] {
          RawPeer peer(port);
          peer.log_in();
          EXPECT_EQ(data(peer.call("add", Array{1, 2})), Value(3));
          boost::asio::co_spawn(
              loop,
              [&]() -> boost::asio::awaitable<void> {
                auto stopping = server.async_stop("done");
                co_await std::move(stopping);
                is_over = true;
              },
              boost::asio::detached);
          EXPECT_TRUE(peer.next(FrameType::kClose));
        });
      },
      boost::asio::detached);
  loop.run();
  client.join();
  EXPECT_TRUE(is_over);
  EXPECT_EQ(server.state(), ServerState::kClosed);
  EXPECT_FALSE(server.run());
}

TEST(Server, MayGoBeforeItsLoopAndAfterIt) {
  for (const bool has_run : {false, true}) {
    boost::asio::io_context loop;
    std::optional<RawPeer> peer;
    {
      Server server(loop.get_executor(), quick_options());
      ASSERT_TRUE(server.start());
      peer.emplace(server.port());
      peer->send(oriel::testing::hash_log_in());
      while (server.connection_count() == 0) loop.run_one();
    }
    if (has_run) {
      loop.poll();
      EXPECT_TRUE(peer->is_ended());
    }
  }
}

}  // namespace
}  // namespace oriel::conduit

#include "oriel/app/conduit/client_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <set>
#include <thread>

#include "oriel/app/conduit/server.h"
#include "oriel/testing/wait_until.h"

namespace oriel::conduit {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::wait_until;

// Says its name; slowly when asked.
class NamedServer {
 public:
  explicit NamedServer(std::string name, std::chrono::milliseconds delay = 0ms)
      : name_(std::move(name)), delay_(delay) {
    start();
  }
  void start() {
    server_.emplace(ServerOptions{.password = "secret", .host = "127.0.0.1", .port = port_});
    server_->rpc("name", [this] {
      std::this_thread::sleep_for(delay_);
      return name_;
    });
    server_->on("note", [this](Value) { ++notes_; });
    ASSERT_TRUE(server_->start());
    port_ = server_->port();
  }
  void kill() { server_.reset(); }
  Server* operator->() { return &*server_; }
  std::string target() const { return "127.0.0.1:" + std::to_string(port_); }
  int notes() const { return notes_; }

 private:
  std::string name_;
  std::chrono::milliseconds delay_;
  std::uint16_t port_ = 0;
  std::atomic<int> notes_ = 0;
  std::optional<Server> server_;
};

ClientPoolOptions to(std::vector<std::string> servers, std::size_t size = 1) {
  ClientPoolOptions options{.servers = std::move(servers), .password = "secret"};
  options.pool_size = size;
  options.client.reconnect_delay = 2ms;
  options.client.reconnect_delay_max = 10ms;
  return options;
}

// How often each name came.
std::map<std::string, int> ask(ClientPool& pool, int times) {
  std::map<std::string, int> names;
  for (int i = 0; i < times; ++i) ++names[pool.rpc<std::string>("name").value_or("?")];
  return names;
}

TEST(ClientPool, TakesTurns) {
  NamedServer a("a"), b("b");
  ClientPool pool(to({a.target(), b.target()}, 2));
  EXPECT_EQ(pool.connect_all(), 4u);
  EXPECT_EQ(ask(pool, 8), (std::map<std::string, int>{{"a", 4}, {"b", 4}}));
  const auto stats = pool.stats();
  EXPECT_EQ(stats.total_connections, 4u);
  EXPECT_EQ(stats.active_connections, 4u);
  EXPECT_EQ(stats.requests_sent, 8u);
  EXPECT_EQ(stats.requests_failed, 0u);
  EXPECT_TRUE(stats.avg_latency);
  for (const auto& member : stats.members) EXPECT_EQ(member.requests, 2u);
}

TEST(ClientPool, ChoosesByChance) {
  NamedServer a("a"), b("b");
  auto options = to({a.target(), b.target()});
  options.strategy = PoolStrategy::kRandom;
  ClientPool pool(options);
  ASSERT_EQ(pool.connect_all(), 2u);
  const auto names = ask(pool, 60);
  EXPECT_GT(names.at("a"), 5);  // fewer: once in 10^11
  EXPECT_GT(names.at("b"), 5);
}

TEST(ClientPool, PrefersTheQuickOne) {
  NamedServer slow("slow", 20ms), quick("quick");
  auto options = to({slow.target(), quick.target()});
  options.strategy = PoolStrategy::kLeastLatency;
  ClientPool pool(options);
  ASSERT_EQ(pool.connect_all(), 2u);
  const auto names = ask(pool, 40);
  EXPECT_GE(names.at("quick"), 36);
  EXPECT_GE(names.at("slow"), 1);
}

TEST(ClientPool, LeavesOutADeadServerUntilItIsBack) {
  NamedServer a("a"), b("b");
  ClientPool pool(to({a.target(), b.target()}));
  ASSERT_EQ(pool.connect_all(), 2u);
  b.kill();
  EXPECT_TRUE(wait_until([&] { return pool.connected_count() <= 1; }));
  EXPECT_EQ(ask(pool, 4), (std::map<std::string, int>{{"a", 4}}));
  b.start();
  EXPECT_TRUE(wait_until([&] { return pool.connected_count() >= 2; }));
  EXPECT_EQ(ask(pool, 4), (std::map<std::string, int>{{"a", 2}, {"b", 2}}));
}

TEST(ClientPool, ConnectsLaterToAServerThatIsNotThereYet) {
  NamedServer a("a"), b("b");
  b.kill();
  ClientPool pool(to({a.target(), b.target()}));
  EXPECT_EQ(pool.connect_all(), 1u);
  b.start();
  EXPECT_TRUE(wait_until([&] { return pool.connected_count() >= 2; }));
}

TEST(ClientPool, SaysThatNobodyIsThere) {
  ClientPool pool(to({"127.0.0.1:1"}));
  EXPECT_EQ(pool.connect_all(), 0u);
  const auto answer = pool.rpc("name");
  ASSERT_FALSE(answer);
  EXPECT_EQ(kind_of(answer.error()), ClientErrorKind::kNotConnected);
  EXPECT_THAT(answer.error().message, HasSubstr("Connection refused"));
  EXPECT_FALSE(pool.send("note"));
  EXPECT_EQ(pool.broadcast("note"), 0u);
}

TEST(ClientPool, DoesNotTryAWrongPasswordAgain) {
  NamedServer a("a");
  auto options = to({a.target()});
  options.password = "guess";
  ClientPool pool(options);
  EXPECT_EQ(pool.connect_all(), 0u);
  EXPECT_EQ(pool.stats().members.front().failure->kind, ClientErrorKind::kAuthentication);
}

TEST(ClientPool, AsksAll) {
  NamedServer a("a"), b("b");
  ClientPool pool(to({a.target(), b.target()}));
  ASSERT_EQ(pool.connect_all(), 2u);
  std::set<std::string> names;
  for (const auto& [target, name] : pool.broadcast_rpc<std::string>("name"))
    names.insert(name.value_or("?"));
  EXPECT_EQ(names, (std::set<std::string>{"a", "b"}));
}

TEST(ClientPool, SendsToOneOrToAll) {
  NamedServer a("a"), b("b");
  ClientPool pool(to({a.target(), b.target()}));
  ASSERT_EQ(pool.connect_all(), 2u);
  EXPECT_EQ(pool.broadcast("note", {{"x", 1}}), 2u);
  EXPECT_TRUE(wait_until([&] { return a.notes() >= 1 && b.notes() >= 1; }));
  EXPECT_TRUE(pool.send("note"));
  EXPECT_TRUE(wait_until([&] { return a.notes() + b.notes() >= 3; }));
}

TEST(ClientPool, HandlesMessagesOfAll) {
  NamedServer a("a"), b("b");
  ClientPool pool(to({a.target(), b.target()}));
  std::atomic<int> heard = 0;
  pool.on("news", [&](Value) { ++heard; });
  ASSERT_EQ(pool.connect_all(), 2u);
  a->broadcast("news", Value());
  b->broadcast("news", Value());
  EXPECT_TRUE(wait_until([&] { return heard >= 2; }));
}

TEST(ClientPool, WorksOnTheApplicationsExecutor) {
  NamedServer a("a");
  asio::io_context loop;
  ClientPool pool(loop.get_executor(), to({a.target()}));
  std::optional<CallResult<std::string>> name;
  EXPECT_EQ(pool.connect_all(), 0u);  // does not wait
  asio::co_spawn(
      loop,
      [&]() -> asio::awaitable<void> {
        while (pool.connected_count() == 0) {
          asio::steady_timer timer(loop, 1ms);
          co_await timer.async_wait(asio::use_awaitable);
        }
        name = co_await pool.async_rpc<std::string>("name");
        pool.disconnect_all();
      },
      asio::detached);
  loop.run();
  EXPECT_EQ(*name, "a");
  EXPECT_EQ(kind_of(pool.rpc("name").error()), ClientErrorKind::kUsage);
}

TEST(ClientPool, SaysThatAnOptionIsWrong) {
  EXPECT_FALSE(check(to({})));
  EXPECT_FALSE(check(to({"http://x"})));
  EXPECT_FALSE(check(to({"x"}, 0)));
  ClientPool pool(to({}));
  EXPECT_EQ(pool.connect_all().error().kind, ClientErrorKind::kOptions);
}

}  // namespace
}  // namespace oriel::conduit

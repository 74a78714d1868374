#include "oriel/app/net/pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <optional>
#include <stdexcept>

#include "oriel/io/net/wake_event.h"

namespace oriel::net {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;
using ::testing::HasSubstr;

struct FakeConnection : PoolConnection {
  FakeConnection(int id, int& living) : number(id), living_(living) { ++living_; }
  ~FakeConnection() override { --living_; }
  bool is_open() const override { return !is_lost; }

  int number;
  bool is_lost = false;

 private:
  int& living_;
};

// How one acquire ended, once it has.
struct Request {
  std::optional<Result<PoolLease>> result;
  boost::asio::cancellation_signal cancel;
  bool has_ended = false;  // cancellation included

  bool waits() const { return !has_ended; }
  int number() const { return (*result)->as<FakeConnection>().number; }
  ErrorCode code() const { return result->error().code; }
  void release() { (*result)->release(); }
};

// A pool whose factory and whose health check answer when the test says so. Time is the test's.
struct Site {
  explicit Site(PoolConfig changes = {.connect = {}}) {
    auto config = std::move(changes);
    config.connect = [this] { return make(); };
    config.now = [this] { return now; };
    pool.emplace(loop.get_executor(), std::move(config));
    settle();
  }
  ~Site() {
    pool->close();
    settle();
    requests.clear();
    pool.reset();
    EXPECT_EQ(living, 0) << "a connection is left over";
  }

  awaitable<Result<std::unique_ptr<PoolConnection>>> make() {
    ++attempts;
    if (throws) throw std::runtime_error("thrown by the factory");
    WakeEvent never(loop.get_executor());
    if (is_slow) co_await never.wait();
    if (is_slow) co_return fail(ErrorCode::kClosed, "cancelled");
    if (!problem.empty()) co_return fail(ErrorCode::kUnavailable, problem);
    co_return std::make_unique<FakeConnection>(++made, living);
  }
  Request& acquire(Duration patience = 1h) {
    auto& request = requests.emplace_back();
    boost::asio::co_spawn(
        loop,
        [](Pool& from, TimePoint deadline, Request& to) -> awaitable<void> {
          to.result.emplace(co_await from.acquire(deadline));
        }(*pool, now + patience, request),
        boost::asio::bind_cancellation_slot(request.cancel.slot(),
                                            [&request](const std::exception_ptr& problem) {
                                              EXPECT_FALSE(problem);
                                              request.has_ended = true;
                                            }));
    settle();
    return request;
  }
  void settle() {
    loop.restart();
    loop.poll();
  }
  void pass(Duration time) {
    now += time;
    pool->tick();
    settle();
  }

  boost::asio::io_context loop{1};
  TimePoint now{std::chrono::hours(1000)};
  int attempts = 0, made = 0, living = 0;
  bool is_slow = false, throws = false;
  std::string problem;
  std::optional<Pool> pool;
  std::deque<Request> requests;
};

PoolConfig with_max(std::size_t max) { return {.connect = {}, .max = max}; }

TEST(Pool, MakesAConnectionAndLendsItAgain) {
  Site site;
  auto& first = site.acquire();
  EXPECT_EQ(first.number(), 1);
  EXPECT_EQ(site.pool->stats().active, 1u);
  first.release();
  EXPECT_EQ(site.pool->stats().idle, 1u);
  EXPECT_EQ(site.acquire().number(), 1);
  EXPECT_EQ(site.pool->stats().requests, 2u);
  EXPECT_EQ(site.pool->stats().made, 1u);
}

TEST(Pool, LendsTheOneThatWasUsedLast) {
  Site site;
  auto& first = site.acquire();
  auto& second = site.acquire();
  second.release();
  first.release();
  EXPECT_EQ(site.acquire().number(), 1);
}

TEST(Pool, DropsWhatIsNotReleasedForReuse) {
  Site site;
  (*site.acquire().result)->drop();
  EXPECT_EQ(site.living, 0);
  site.acquire().result.reset();  // as when an exception passes its user
  EXPECT_EQ(site.living, 0);
  auto& third = site.acquire();
  EXPECT_EQ(third.number(), 3);
  **third.result = PoolLease();
  EXPECT_EQ(site.living, 0);
  EXPECT_EQ(site.pool->stats().total, 0u);
}

TEST(Pool, ServesWhoWaitsInTheOrderOfTheirComing) {
  Site site(with_max(1));
  auto& first = site.acquire();
  auto& second = site.acquire();
  auto& third = site.acquire();
  EXPECT_TRUE(second.waits() && third.waits());
  EXPECT_EQ(site.pool->stats().waiting, 2u);
  first.release();
  site.settle();
  EXPECT_EQ(second.number(), 1);
  EXPECT_TRUE(third.waits());
  (*second.result)->drop();
  site.settle();
  EXPECT_EQ(third.number(), 2) << "a new one in the place of the dropped one";
}

TEST(Pool, HasNeverMoreThanItsMost) {
  Site site(with_max(3));
  for (int i = 0; i < 10; ++i) site.acquire();
  EXPECT_EQ(site.living, 3);
  EXPECT_EQ(site.attempts, 3);
  for (int i = 0; i < 10; ++i) {
    ASSERT_FALSE(site.requests[i].waits()) << i;
    site.requests[i].release();
    site.settle();
    EXPECT_LE(site.living, 3);
  }
  EXPECT_EQ(site.made, 3);
}

TEST(Pool, GivesUpAtTheDeadline) {
  Site site(with_max(1));
  auto& holder = site.acquire();
  auto& patient = site.acquire(10s);
  auto& hasty = site.acquire(1s);
  site.pass(999ms);
  EXPECT_TRUE(hasty.waits());
  site.pass(1ms);
  EXPECT_EQ(hasty.code(), ErrorCode::kTimeout);
  EXPECT_THAT(hasty.result->error().message, HasSubstr("1 of 1 are in use"));
  EXPECT_TRUE(patient.waits());
  holder.release();
  site.settle();
  EXPECT_EQ(patient.number(), 1);
  EXPECT_EQ(site.pool->stats().timeouts, 1u);
}

TEST(Pool, GivesUpByItsOwnTimerToo) {
  Site site(with_max(1));
  site.acquire();
  auto& late = site.acquire(0s);
  for (int i = 0; i < 10 && late.waits(); ++i) {
    site.loop.restart();
    site.loop.run_one_for(1s);
  }
  EXPECT_EQ(late.code(), ErrorCode::kTimeout);
}

TEST(Pool, TellsWhyNoConnectionCouldBeMadeAndLeaksNoPlace) {
  Site site(with_max(2));
  site.problem = "nobody listens";
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(site.acquire().result->error(), (Error{ErrorCode::kUnavailable, "nobody listens"}));
  }
  site.throws = true;
  EXPECT_EQ(site.acquire().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(site.pool->stats().total, 0u);
  EXPECT_EQ(site.pool->stats().connect_failures, 21u);
  site.throws = false;
  site.problem.clear();
  EXPECT_EQ(site.acquire().number(), 1);
  EXPECT_EQ(site.acquire().number(), 2);
}

TEST(Pool, FailsOnlyAsManyAsConnectionsFailed) {
  Site site(with_max(1));
  auto& holder = site.acquire();
  auto& second = site.acquire();
  auto& third = site.acquire();
  site.problem = "nobody listens";
  (*holder.result)->drop();
  site.settle();
  EXPECT_EQ(second.code(), ErrorCode::kUnavailable);
  EXPECT_EQ(third.code(), ErrorCode::kUnavailable) << "each had its own attempt";
  EXPECT_EQ(site.attempts, 3);
}

TEST(Pool, EndsAnAttemptThatTakesTooLong) {
  Site site({.connect = {}, .max = 1, .connect_timeout = 5s});
  site.is_slow = true;
  auto& request = site.acquire();
  site.pass(4s);
  EXPECT_TRUE(request.waits());
  site.pass(1s);
  EXPECT_EQ(request.code(), ErrorCode::kTimeout);
  EXPECT_EQ(site.pool->stats().total, 0u);
  site.is_slow = false;
  EXPECT_EQ(site.acquire().number(), 1);
}

TEST(Pool, KeepsAConnectionThatComesWhenNobodyWaitsAnyMore) {
  Site site(with_max(1));
  auto& gone = site.acquire();
  gone.release();
  auto& holder = site.acquire();
  auto& late = site.acquire(1s);
  site.pass(1s);
  EXPECT_EQ(late.code(), ErrorCode::kTimeout);
  holder.release();
  site.settle();
  EXPECT_EQ(site.pool->stats().idle, 1u);
}

TEST(Pool, LosesNothingWhenWaitingIsCancelled) {
  Site site(with_max(1));
  auto& holder = site.acquire();
  auto& second = site.acquire();
  auto& third = site.acquire();
  second.cancel.emit(boost::asio::cancellation_type::terminal);
  site.settle();
  EXPECT_TRUE(second.has_ended);
  EXPECT_EQ(site.pool->stats().waiting, 1u);
  holder.release();
  site.settle();
  EXPECT_EQ(third.number(), 1);
}

// The connection is on its way to one who is cancelled in the same turn.
TEST(Pool, LosesNothingWhenItIsCancelledJustWhenItGetsOne) {
  Site site(with_max(1));
  auto& holder = site.acquire();
  auto& second = site.acquire();
  holder.release();
  second.cancel.emit(boost::asio::cancellation_type::terminal);
  site.settle();
  EXPECT_TRUE(second.has_ended);
  second.result.reset();
  auto& third = site.acquire();
  EXPECT_FALSE(third.waits());
  EXPECT_TRUE(*third.result);
}

TEST(Pool, MayBeClosedWhileAllIsGoingOn) {
  Site site(with_max(2));
  auto& holder = site.acquire();
  site.is_slow = true;
  auto& making = site.acquire();
  auto& waiting = site.acquire();
  site.pool->close();
  site.settle();
  EXPECT_EQ(making.code(), ErrorCode::kClosed);
  EXPECT_EQ(waiting.code(), ErrorCode::kClosed);
  EXPECT_EQ(site.acquire().result->error().message, "the pool is closed");
  EXPECT_EQ(site.living, 1);
  holder.release();
  EXPECT_EQ(site.living, 0);
  EXPECT_TRUE(site.pool->stats().is_closed);
  EXPECT_EQ(site.pool->stats().total, 0u);
}

TEST(Pool, MayEndBeforeItsLeases) {
  Site site;
  auto& holder = site.acquire();
  site.pool.reset();
  EXPECT_EQ((*holder.result)->as<FakeConnection>().number, 1);
  holder.release();
  EXPECT_EQ(site.living, 0);
  site.pool.emplace(site.loop.get_executor(), PoolConfig{.connect = [&] { return site.make(); }});
}

TEST(Pool, MayEndWithoutItsLoopWhileSomebodyWaits) {
  int living = 0;
  boost::asio::io_context loop{1};
  Pool pool(loop.get_executor(),
            {.connect = [&]() -> awaitable<Result<std::unique_ptr<PoolConnection>>> {
               co_return std::make_unique<FakeConnection>(1, living);
             },
             .max = 1});
  for (int i = 0; i < 3; ++i) {
    boost::asio::co_spawn(
        loop,
        [](Pool& from, boost::asio::io_context& on) -> awaitable<void> {
          const auto lease = co_await from.acquire(TimePoint::max());
          WakeEvent never(on.get_executor());
          co_await never.wait();
        }(pool, loop),
        boost::asio::detached);
  }
  loop.poll();
  EXPECT_EQ(pool.stats().waiting, 2u);
}

TEST(Pool, ClosesWhatIsIdleForLongDownToItsLeast) {
  Site site({.connect = {}, .max = 10, .min = 1, .idle_time = 60s});
  for (int i = 0; i < 3; ++i) site.acquire();
  for (auto& request : site.requests) {
    request.release();
    site.now += 1s;
  }
  site.pass(57s);
  EXPECT_EQ(site.living, 2) << "the first one was idle for 60 s";
  site.pass(10s);
  EXPECT_EQ(site.living, 1);
  EXPECT_EQ(site.pool->stats().closed_idle, 2u);
  EXPECT_EQ(site.acquire().number(), 3);
}

TEST(Pool, LendsNoneThatIsTooOld) {
  Site site({.connect = {}, .idle_time = 10h, .max_age = 1h});
  auto& first = site.acquire();
  first.release();
  site.now += 1h;  // without a tick
  auto& second = site.acquire();
  EXPECT_EQ(second.number(), 2);
  site.now += 1h;
  second.release();
  EXPECT_EQ(site.living, 0);
  site.acquire().release();
  site.pass(1h);
  EXPECT_EQ(site.living, 0);
  EXPECT_EQ(site.pool->stats().closed_old, 3u);
}

TEST(Pool, KeepsItsLeastAndTriesAgainLater) {
  Site site({.connect = {}, .min = 2, .max_age = 1h, .retry_time = 1s});
  EXPECT_EQ(site.pool->stats().idle, 2u);
  site.problem = "nobody listens";
  site.pass(1h);
  EXPECT_EQ(site.living, 0);
  const int attempts = site.attempts;
  site.pass(999ms);
  EXPECT_EQ(site.attempts, attempts);
  site.problem.clear();
  site.pass(1ms);
  EXPECT_EQ(site.living, 2);
}

TEST(Pool, DropsALostConnection) {
  Site site;
  auto& first = site.acquire();
  (*first.result)->as<FakeConnection>().is_lost = true;
  first.release();
  EXPECT_EQ(site.living, 0);
  auto& second = site.acquire();
  auto& connection = (*second.result)->as<FakeConnection>();
  second.release();
  connection.is_lost = true;
  EXPECT_EQ(site.acquire().number(), 3);
  EXPECT_EQ(site.pool->stats().unhealthy, 2u);
}

TEST(Pool, AsksAnIdleConnectionWhetherItIsHealthy) {
  std::vector<int> asked;
  bool is_healthy = true;
  Site site({.connect = {},
             .check = [&](PoolConnection& one) -> awaitable<bool> {
               asked.push_back(static_cast<FakeConnection&>(one).number);
               co_return is_healthy;
             },
             .max = 1,
             .check_after = 10s});
  site.acquire().release();
  site.acquire().release();
  EXPECT_THAT(asked, ::testing::IsEmpty());
  site.pass(10s);
  auto& good = site.acquire();
  EXPECT_EQ(good.number(), 1);
  EXPECT_THAT(asked, ::testing::ElementsAre(1));
  good.release();
  site.pass(10s);
  is_healthy = false;
  EXPECT_EQ(site.acquire().number(), 2);
  EXPECT_EQ(site.living, 1);
  EXPECT_EQ(site.pool->stats().unhealthy, 1u);
}

TEST(Pool, TakesACheckWithoutAnAnswerForANo) {
  boost::asio::io_context* on = nullptr;
  Site site({.connect = {},
             .check = [&](PoolConnection&) -> awaitable<bool> {
               WakeEvent never(on->get_executor());
               co_await never.wait();
               co_return true;
             },
             .max = 1,
             .check_timeout = 5s});
  on = &site.loop;
  site.acquire().release();
  auto& request = site.acquire();
  EXPECT_TRUE(request.waits());
  EXPECT_EQ(site.pool->stats().pending, 1u);
  site.pass(5s);
  EXPECT_EQ(request.number(), 2);
}

TEST(Pool, BoundsHowManyWait) {
  Site site({.connect = {}, .max = 1, .waiting_max = 2});
  for (int i = 0; i < 3; ++i) site.acquire();
  EXPECT_EQ(site.acquire().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(site.pool->stats().waiting, 2u);
}

TEST(Pool, TakesConnectionsMadeElsewhereUpToItsMost) {
  Site site(with_max(1));
  EXPECT_TRUE(site.pool->add(std::make_unique<FakeConnection>(7, site.living)));
  EXPECT_EQ(site.pool->add(std::make_unique<FakeConnection>(8, site.living)).error().message,
            "the pool is full with 1 connections");
  EXPECT_EQ(site.acquire().number(), 7);
  EXPECT_EQ(site.attempts, 0);
}

TEST(Pool, CountsWhatItsUsersReport) {
  Site site;
  auto& request = site.acquire();
  auto& lease = **request.result;
  lease.add_bytes_sent(10);
  lease.add_bytes_received(20);
  lease.add_error();
  EXPECT_EQ(lease.stats().bytes_sent, 10u);
  EXPECT_EQ(lease.stats().created_at, site.now);
  lease.release();
  site.now += 5s;
  auto& again = **site.acquire().result;
  again.add_bytes_sent(1);
  EXPECT_EQ(again.stats().requests, 2u);
  EXPECT_EQ(again.stats().last_used, site.now);
  EXPECT_EQ(again.stats().bytes_sent, 11u);
  again.drop();
  const auto stats = site.pool->stats();
  EXPECT_EQ(stats.bytes_sent, 11u);
  EXPECT_EQ(stats.bytes_received, 20u);
  EXPECT_EQ(stats.errors, 1u);
}

TEST(NamedPools, AreFoundByTheirNames) {
  boost::asio::io_context loop{1};
  NamedPools pools(loop.get_executor());
  const PoolConfig config{.connect = []() -> awaitable<Result<std::unique_ptr<PoolConnection>>> {
                            co_return fail(ErrorCode::kUnavailable, "nobody listens");
                          },
                          .max = 5};
  const auto made = pools.create("api", config);
  ASSERT_TRUE(made);
  EXPECT_EQ(pools.find("api"), *made);
  EXPECT_EQ(pools.create("api", config).error().message, "there is a pool named \"api\" already");
  EXPECT_EQ(pools.find("other"), nullptr);
  ASSERT_TRUE(pools.create("other", config));
  EXPECT_EQ(pools.stats().size(), 2u);
  EXPECT_EQ(pools.stats().at("api").max, 5u);
  EXPECT_TRUE(pools.remove("api"));
  EXPECT_FALSE(pools.remove("api"));
  pools.close_all();
  EXPECT_TRUE(pools.stats().empty());
}

}  // namespace
}  // namespace oriel::net

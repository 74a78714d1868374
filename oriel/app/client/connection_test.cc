#include "oriel/app/client/connection.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <thread>

#include "oriel/app/client/connection_pool.h"
#include "oriel/app/client/scripted_server_test.h"

namespace oriel::client {
namespace {

using namespace std::chrono_literals;

const Bytes kHello{'R', 'F', 'B', ' ', '0', '0', '3', '.', '0', '0', '8', '\n'};
const Bytes kOffersNone{1, 1};
const Bytes kAccepted(4, 0);
const Bytes kInit{0, 1, 0, 1, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0, 0, 0, 0, 0};

// A desktop of one pixel that answers each request, as long as it is asked.
boost::asio::awaitable<void> one_pixel(net::Stream& stream) {
  co_await say(stream, kHello);
  (void)co_await hear(stream, 12);
  co_await say(stream, kOffersNone);
  (void)co_await hear(stream, 1);
  co_await say(stream, kAccepted);
  (void)co_await hear(stream, 1);
  co_await say(stream, kInit);
  const Bytes update{0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 2, 3, 0};
  for (;;) {
    Bytes heard(1000);
    const auto count = co_await stream.read_some(heard);
    if (!count) co_return;
    // Only a request for the pixel anew is answered.
    const auto request = std::ranges::search(ByteSpan(heard).first(*count), Bytes{3, 0, 0, 0});
    if (!request.empty()) co_await say(stream, update);
  }
}

// The server has a loop and a thread of its own.
struct Running {
  Running() : server(ScriptedServer::Carrier::kTcp, one_pixel) {
    thread = std::thread([this] {
      const auto work = boost::asio::make_work_guard(server.loop);
      server.loop.run();
    });
  }
  ~Running() {
    server.loop.stop();
    thread.join();
  }

  ScriptedServer server;
  std::thread thread;
};

TEST(Connection, NeedsNoExecutor) {
  Running running;
  Connection connection(running.server.options());
  EXPECT_EQ(connection.screenshot().error().kind, agent::ErrorKind::kState);
  const auto connected = connection.connect();
  ASSERT_TRUE(connected) << connected.error().message;
  EXPECT_TRUE(connection.is_connected());
  EXPECT_EQ(connection.info().security, "none");
  const auto picture = connection.screenshot();
  ASSERT_TRUE(picture) << picture.error().message;
  EXPECT_EQ(picture->at(0, 0), 0x030201u);
  EXPECT_EQ(connection.resize({2, 2}).error().kind, agent::ErrorKind::kAction);
  connection.disconnect();
  EXPECT_FALSE(connection.is_connected());
  EXPECT_TRUE(connection.connect()) << "it may be connected again";
}

TEST(ConnectionPool, LendsConnectionsThatGiveASignOfLife) {
  ScriptedServer server(ScriptedServer::Carrier::kTcp, one_pixel);
  const auto executor = server.loop.get_executor();
  net::PoolConfig limits;
  limits.max = 2;
  net::Pool pool(executor, pool_of(executor, server.options(), limits));
  auto lease = server.run(pool.acquire(Clock::now() + 5s));
  ASSERT_TRUE(lease) << lease.error().message;
  EXPECT_TRUE(screen_of(*lease).is_connected());
  lease->release();
  auto again = server.run(pool.acquire(Clock::now() + 5s));
  ASSERT_TRUE(again);
  EXPECT_EQ(pool.stats().made, 1u) << "the same one, which was asked";
  EXPECT_EQ(server.connections, 1);
  screen_of(*again).close();
  EXPECT_TRUE(server.run_until([&] { return !screen_of(*again).is_connected(); }));
  again->release();
  ASSERT_TRUE(server.run(pool.acquire(Clock::now() + 5s)));
  EXPECT_EQ(server.connections, 2) << "a lost one is not lent";
}

}  // namespace
}  // namespace oriel::client

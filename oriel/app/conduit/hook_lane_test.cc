#include "oriel/app/conduit/hook_lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <future>
#include <stdexcept>
#include <vector>

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(HookLane, RunsHooksInTheirOrderOneAtATime) {
  WorkerPool workers;
  HookLane lane(workers, {});
  std::vector<int> order;  // no lock: that is the point
  for (int i = 0; i < 5; ++i) lane.run([&, i] { order.push_back(i); });
  ASSERT_TRUE(lane.wait(10s));
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4));
}

TEST(HookLane, KnowsWhoIsInside) {
  WorkerPool workers;
  HookLane lane(workers, {});
  std::promise<bool> inside;
  lane.run([&] { inside.set_value(lane.is_inside()); });
  EXPECT_TRUE(inside.get_future().get());
  EXPECT_FALSE(lane.is_inside());
}

TEST(HookLane, DoesNotWaitLongerThanItIsTold) {
  WorkerPool workers;
  HookLane lane(workers, {});
  std::promise<void> go;
  lane.run([wait = go.get_future().share()] { wait.wait(); });
  EXPECT_FALSE(lane.wait(1ms));
  go.set_value();
  EXPECT_TRUE(lane.wait(10s));
}

TEST(HookLane, GoesOnAfterWhatIsThrown) {
  WorkerPool workers;
  std::vector<std::string> lines;
  const observe::Logger log(
      observe::make_callback_sink(observe::LogLevel::kDebug, observe::LogFormat::kText,
                                  [&](std::string line) { lines.push_back(std::move(line)); }));
  HookLane lane(workers, log);
  bool was_called = false;
  lane.run([] { throw std::runtime_error("bang"); });
  lane.run([] { throw 1; });
  lane.run([&] { was_called = true; });
  ASSERT_TRUE(lane.wait(10s));
  EXPECT_TRUE(was_called);
  EXPECT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines.front(), ::testing::HasSubstr("bang"));
}

TEST(HookLane, DropsWhatWaitsWhenItIsStopped) {
  WorkerPool workers;
  HookLane lane(workers, {});
  std::promise<void> go;
  bool was_called = false;
  lane.run([wait = go.get_future().share()] { wait.wait(); });
  lane.run([&] { was_called = true; });
  lane.stop();
  lane.run([&] { was_called = true; });
  go.set_value();
  workers.stop();
  EXPECT_TRUE(workers.wait(10s));
  EXPECT_FALSE(was_called);
}

TEST(HookLane, RunsOnAStrandToo) {
  boost::asio::io_context loop;
  HookLane lane(loop.get_executor(), {});
  std::vector<int> order;
  lane.run([&] {
    order.push_back(1);
    lane.run([&] { order.push_back(3); });
    order.push_back(2);
  });
  EXPECT_TRUE(order.empty());
  loop.run();
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace oriel::conduit

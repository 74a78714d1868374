#include "oriel/app/agent/sync_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "oriel/app/agent/verb_line.h"
#include "oriel/testing/agent_stage.h"

namespace oriel::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using namespace std::chrono_literals;

// A target whose loop runs on a thread of its own.
struct Stage : testing::AgentStage {
  ~Stage() { stop(); }
  void stop() {
    work.reset();
    io.stop();
    if (thread.joinable()) thread.join();
  }
  // Does `what` on the loop, and waits for it.
  void on_loop(std::function<void()> what) {
    std::promise<void> done;
    boost::asio::post(io, [&] {
      what();
      done.set_value();
    });
    done.get_future().get();
  }

  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread{[this] { io.run(); }};
};

TEST(Agent, WaitsForWhatItDoesOnTheLoop) {
  Stage stage;
  Agent agent(stage.target);
  ASSERT_TRUE(agent.mouse().left_click(100, 100));
  ASSERT_TRUE(agent.keyboard().type_text("Hi"));
  ASSERT_TRUE(agent.keyboard().hotkey({"ctrl", "c"}));
  ASSERT_TRUE(agent.scroll().down(1));
  ASSERT_TRUE(agent.clipboard().set("text"));
  EXPECT_EQ(agent.clipboard().get(), "text");
  EXPECT_THAT(*agent.clipboard().history(), SizeIs(2));
  EXPECT_TRUE(agent.wait().still({.quiet = 5ms, .since = agent.last_action()}));
  EXPECT_EQ(agent.mouse().position(), (image::Point{100, 100}));
  EXPECT_EQ(agent.screen()->size, (image::Size{400, 300}));
  EXPECT_EQ(agent.screenshot().capture_region(0, 0, 9, 9)->frame.size(), (image::Size{9, 9}));
  const auto refused = agent.mouse().left_click(400, 300);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kInput);
}

TEST(Agent, ClicksWhereThePointerIs) {
  Stage stage;
  Agent agent(stage.target);
  ASSERT_TRUE(agent.mouse().move_to(5, 6));
  ASSERT_TRUE(agent.mouse().right_click());
  std::vector<std::string> input;
  stage.on_loop([&] { input = std::exchange(stage.target.input_log, {}); });
  EXPECT_THAT(input,
              ElementsAre("pointer 5,6 0", "pointer 5,6 0", "pointer 5,6 4", "pointer 5,6 0"));
  ASSERT_TRUE(agent.mouse().left_click());
  ASSERT_TRUE(agent.mouse().middle_click());
  ASSERT_TRUE(agent.mouse().double_click());
  ASSERT_TRUE(agent.mouse().triple_click());
  stage.on_loop([&] { input = stage.target.input_log; });
  // Where it is, and then down and up for each click.
  EXPECT_THAT(input, SizeIs(3 + 3 + 5 + 7));
}

TEST(Agent, ScrollsAtAPlace) {
  Stage stage;
  Agent agent(stage.target);
  ASSERT_TRUE(agent.scroll().at(7, 8, 0, 2));
  std::vector<std::string> input;
  stage.on_loop([&] { input = stage.target.input_log; });
  EXPECT_THAT(input, ElementsAre("pointer 7,8 0", "pointer 7,8 16", "pointer 7,8 0",
                                 "pointer 7,8 16", "pointer 7,8 0"));
  EXPECT_EQ(agent.scroll().down(-1).error().kind, ErrorKind::kInput);
}

TEST(Agent, ActsAndRunsVerbs) {
  Stage stage;
  Agent agent(stage.target);
  ActRequest request{.actions = {PressKeys{{'a'}}}, .settle = StillOptions{.quiet = 5ms}};
  const auto report = agent.act(request);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->had_effect());
  const auto result = agent.run(parse_verbs("move 7 8")->front());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->pointer, (image::Point{7, 8}));
}

TEST(Agent, IsUsedBySeveralThreads) {
  Stage stage;
  Agent agent(stage.target);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&agent] {
      for (int round = 0; round < 20; ++round) EXPECT_TRUE(agent.keyboard().hotkey("ctrl+a"));
    });
  for (auto& thread : threads) thread.join();
  // Nobody's keys come between another's.
  std::vector<std::string> input;
  stage.on_loop([&] { input = stage.target.input_log; });
  ASSERT_THAT(input, SizeIs(4 * 20 * 4));
  for (std::size_t i = 0; i < input.size(); i += 4)
    EXPECT_THAT(std::vector(input.begin() + i, input.begin() + i + 4),
                ElementsAre("down 65507", "down 97", "up 97", "up 65507"));
}

TEST(Agent, RefusesToWaitOnItsLoop) {
  Stage stage;
  Agent agent(stage.target);
  AgentStatus status;
  stage.on_loop([&] { status = agent.mouse().move_to(1, 1); });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::kState);
}

TEST(Agent, LeavesTheTargetWhenItEnds) {
  Stage stage;
  {
    const Agent agent(stage.target);
  }
  std::size_t listeners = 1;
  stage.on_loop([&] { listeners = stage.target.listeners(); });
  EXPECT_EQ(listeners, 0u);
}

}  // namespace
}  // namespace oriel::agent

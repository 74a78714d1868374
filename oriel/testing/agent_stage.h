#pragma once
// A loop with a target in memory, on which the coroutines of an agent are run.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/testing/fake_agent_target.h"

namespace oriel::testing {

struct AgentStage {
  explicit AgentStage(image::Size size = {400, 300}) : target(io.get_executor(), size) {}

  // What the coroutine returns, within 30 s.
  template <typename T>
  T run(boost::asio::awaitable<T> work) {
    std::optional<T> result;
    boost::asio::co_spawn(io, std::move(work), [&](const std::exception_ptr& problem, T value) {
      ORIEL_CHECK(!problem);
      result = std::move(value);
    });
    io.restart();
    const auto end = Clock::now() + std::chrono::seconds(30);
    while (!result && Clock::now() < end) io.run_one_until(end);
    ORIEL_CHECK(result.has_value());
    return *std::move(result);
  }
  // Does `what` on the loop in a while.
  void later(Duration after, std::function<void()> what) {
    auto timer = std::make_shared<boost::asio::steady_timer>(io, after);
    timer->async_wait([timer, what = std::move(what)](const boost::system::error_code& error) {
      if (!error) what();
    });
  }

  boost::asio::io_context io{1};
  FakeAgentTarget target;
};

}  // namespace oriel::testing

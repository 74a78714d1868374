#include "oriel/app/cli/bounded_work.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <stdexcept>

namespace oriel::cli {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct Loop {
  // How the work ended; what it threw goes on.
  WorkEnd run(asio::awaitable<void> work, std::optional<TimePoint> until,
              std::stop_token stop = {}) {
    std::optional<WorkEnd> end;
    std::exception_ptr problem;
    asio::co_spawn(io, run_bounded(std::move(work), until, std::move(stop)),
                   [&](const std::exception_ptr& thrown, WorkEnd how) {
                     problem = thrown;
                     end = how;
                   });
    io.restart();
    const auto patience = Clock::now() + 15s;
    while (!end && Clock::now() < patience) io.run_one_until(patience);
    if (problem) std::rethrow_exception(problem);
    EXPECT_TRUE(end);
    return end.value_or(WorkEnd::kDone);
  }

  asio::io_context io{1};
};

// Says when it is left, whichever way.
struct Leaving {
  bool& is_left;
  ~Leaving() { is_left = true; }
};

asio::awaitable<void> wait_long(asio::io_context& io, bool& is_left) {
  const Leaving leaving{is_left};
  asio::steady_timer timer(io, 1h);
  co_await timer.async_wait(asio::use_awaitable);
  ADD_FAILURE() << "it goes on after its end";
}

TEST(BoundedWork, EndsByItself) {
  Loop loop;
  bool is_done = false;
  const auto work = [](bool& done) -> asio::awaitable<void> {
    done = true;
    co_return;
  };
  EXPECT_EQ(loop.run(work(is_done), Clock::now() + 1h), WorkEnd::kDone);
  EXPECT_TRUE(is_done);
  EXPECT_EQ(loop.run(work(is_done), std::nullopt), WorkEnd::kDone);
}

TEST(BoundedWork, IsCancelledAtItsTime) {
  Loop loop;
  bool is_left = false;
  EXPECT_EQ(loop.run(wait_long(loop.io, is_left), Clock::now() + 20ms), WorkEnd::kTimeout);
  EXPECT_TRUE(is_left);
}

TEST(BoundedWork, IsCancelledWhenNobodyWantsIt) {
  Loop loop;
  bool is_left = false;
  std::stop_source stop;
  asio::post(loop.io, [&stop] { stop.request_stop(); });
  EXPECT_EQ(loop.run(wait_long(loop.io, is_left), std::nullopt, stop.get_token()),
            WorkEnd::kStopped);
  EXPECT_TRUE(is_left);
  is_left = false;
  EXPECT_EQ(loop.run(wait_long(loop.io, is_left), Clock::now() + 1h, stop.get_token()),
            WorkEnd::kStopped)
      << "also when that is known before";
  EXPECT_TRUE(is_left);
}

TEST(BoundedWork, PassesOnWhatTheWorkThrows) {
  Loop loop;
  const auto work = []() -> asio::awaitable<void> {
    throw std::runtime_error("a bug");
    co_return;
  };
  EXPECT_THROW(loop.run(work(), std::nullopt), std::runtime_error);
}

}  // namespace
}  // namespace oriel::cli

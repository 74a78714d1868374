#include "oriel/app/cli/session_turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <vector>

namespace oriel::cli {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using ::testing::ElementsAre;

struct Hall {
  // Takes a turn and keeps it in `turns`; what came of it is in `log`.
  void come(std::string who, Duration patience, std::stop_token stop = {}) {
    asio::co_spawn(
        io,
        [](Hall& hall, std::string name, Duration time,
           std::stop_token token) -> asio::awaitable<void> {
          SessionCommand command{name, 1, Clock::now()};
          std::function<void()> waits = [&hall, name] { hall.log.push_back(name + " waits"); };
          auto taking = hall.desk.take(std::move(command), Clock::now() + time, std::move(token),
                                       std::move(waits));
          auto turn = co_await std::move(taking);
          hall.log.push_back(name + (turn ? " acts" : " gives up"));
          if (turn) hall.turn = std::move(turn);
        }(*this, std::move(who), patience, std::move(stop)),
        asio::detached);
    settle();
  }
  void settle() {
    io.restart();
    io.poll();
  }
  void run_until(std::size_t lines) {
    const auto until = Clock::now() + 15s;
    io.restart();
    while (log.size() < lines && Clock::now() < until) io.run_one_until(until);
  }

  asio::io_context io{1};
  SessionTurns desk{io.get_executor()};
  std::unique_ptr<SessionTurns::Turn> turn;
  std::vector<std::string> log;
};

TEST(SessionTurns, ComeInTheOrderOfTheCommands) {
  Hall hall;
  hall.come("one", 0s);
  EXPECT_EQ(hall.desk.holder()->what, "one");
  hall.come("two", 1h);
  hall.come("three", 1h);
  EXPECT_THAT(hall.log, ElementsAre("one acts"));
  hall.turn.reset();
  hall.settle();
  EXPECT_EQ(hall.desk.holder()->what, "two");
  hall.turn.reset();
  hall.settle();
  hall.turn.reset();
  EXPECT_THAT(hall.log, ElementsAre("one acts", "two acts", "three acts"));
  EXPECT_EQ(hall.desk.holder(), nullptr);
}

TEST(SessionTurns, AreGivenUpByThoseWhoHaveGone) {
  Hall hall;
  hall.come("one", 0s);
  std::stop_source gone;
  hall.come("two", 1h, gone.get_token());
  hall.come("three", 1h);
  gone.request_stop();
  hall.settle();
  EXPECT_THAT(hall.log, ElementsAre("one acts", "two gives up"));
  hall.turn.reset();
  hall.settle();
  EXPECT_EQ(hall.desk.holder()->what, "three");
}

TEST(SessionTurns, AreWaitedForInBounds) {
  Hall hall;
  hall.come("one", 0s);
  hall.come("two", 0s);
  EXPECT_THAT(hall.log, ElementsAre("one acts", "two gives up"));
  hall.come("three", SessionTurns::kNoticeAfter + 50ms);
  hall.run_until(4);
  EXPECT_THAT(hall.log, ElementsAre("one acts", "two gives up", "three waits", "three gives up"));
}

TEST(SessionTurns, SayWhoActs) {
  const auto now = Clock::now();
  EXPECT_EQ(describe({"wait still", 12, now - 1500ms}, now), "wait still (process 12), for 1.5 s");
}

}  // namespace
}  // namespace oriel::cli

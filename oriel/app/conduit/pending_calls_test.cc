#include "oriel/app/conduit/pending_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace oriel::conduit {
namespace {

using std::chrono::seconds;

const TimePoint kStart{seconds(1000)};

TEST(PendingCalls, GiveEachAnswerToWhoWaitsForIt) {
  PendingCalls calls;
  std::vector<int> answers;
  const auto first = calls.next_correlation(), second = calls.next_correlation();
  EXPECT_NE(first, second);
  for (const auto id : {first, second})
    calls.add(
        id,
        [&](const Answer& answer) {
          answers.push_back(static_cast<int>(*answer->data->if_integer()));
        },
        kStart, std::nullopt);
  EXPECT_EQ(calls.sent_at(second), kStart);
  calls.end(second, Response::of(Value(2)));
  EXPECT_FALSE(calls.contains(second));
  EXPECT_EQ(calls.sent_at(second), std::nullopt);
  calls.end(first, Response::of(Value(1)));
  EXPECT_THAT(answers, ::testing::ElementsAre(2, 1));
}

TEST(PendingCalls, ExpireInTheOrderOfTheirDeadlines) {
  PendingCalls calls;
  const auto nobody = [](const Answer&) {};
  calls.add(1, nobody, kStart, kStart + seconds(9));
  calls.add(2, nobody, kStart, kStart + seconds(5));
  calls.add(3, nobody, kStart, kStart + seconds(5));
  calls.add(4, nobody, kStart, std::nullopt);
  EXPECT_EQ(calls.earliest_deadline(), kStart + seconds(5));
  EXPECT_EQ(calls.find_expired(kStart + seconds(4)), std::nullopt);
  EXPECT_EQ(calls.find_expired(kStart + seconds(5)), 2u);
  calls.end(2, Answer());
  EXPECT_EQ(calls.find_expired(kStart + seconds(5)), 3u);
  calls.end(3, Answer());
  EXPECT_EQ(calls.find_expired(kStart + seconds(5)), std::nullopt);
  EXPECT_EQ(calls.earliest_deadline(), kStart + seconds(9));
  calls.end(1, Answer());
  EXPECT_EQ(calls.earliest_deadline(), std::nullopt);
  EXPECT_TRUE(calls.contains(4));
}

TEST(PendingCalls, HearOfAStopUntilTheyEnd) {
  PendingCalls calls;
  std::stop_source stop;
  int stopped = 0;
  for (const std::uint64_t id : {1, 2}) {
    calls.add(id, [](const Answer&) {}, kStart, std::nullopt);
    calls.watch(id, stop.get_token(), [&] { ++stopped; });
  }
  calls.end(1, Answer());
  stop.request_stop();
  EXPECT_EQ(stopped, 1);
}

TEST(PendingCalls, AreTakenAllAtOnce) {
  PendingCalls calls;
  std::stop_source stop;
  int ended = 0;
  for (const std::uint64_t id : {1, 2}) {
    calls.add(id, [&](const Answer&) { ++ended; }, kStart, kStart + seconds(1));
    calls.watch(id, stop.get_token(), [] { FAIL() << "it is taken"; });
  }
  const auto all = calls.take_all();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_FALSE(calls.contains(1));
  EXPECT_EQ(calls.earliest_deadline(), std::nullopt);
  stop.request_stop();
  for (const auto& [id, done] : all) done(Answer());
  EXPECT_EQ(ended, 2);
}

}  // namespace
}  // namespace oriel::conduit

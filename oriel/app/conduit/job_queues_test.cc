#include "oriel/app/conduit/job_queues.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace oriel::conduit {
namespace {

// Clients and works are told apart by where they are.
constexpr std::array<char, 4> kClients{}, kWorks{};

JobOwner of(std::size_t client, std::size_t work = 0) { return {&kClients[client], &kWorks[work]}; }

std::size_t begin_all(JobQueues& jobs) {
  std::size_t begun = 0;
  while (jobs.begin()) ++begun;
  return begun;
}

TEST(JobQueues, TakeTurnsBetweenClients) {
  JobQueues jobs(16);
  std::string order;
  for (int i = 0; i < 3; ++i) jobs.push([&] { order += 'a'; }, of(0));
  jobs.push([&] { order += 'b'; }, of(1));
  while (auto begun = jobs.begin()) begun->job();
  EXPECT_EQ(order, "abaa");
}

TEST(JobQueues, TakeTurnsBetweenTheWorksOfAClient) {
  JobQueues jobs(16);
  std::string order;
  for (int i = 0; i < 3; ++i) jobs.push([&] { order += 'a'; }, of(0, 0));
  jobs.push([&] { order += 'b'; }, of(0, 1));
  while (auto begun = jobs.begin()) begun->job();
  EXPECT_EQ(order, "abaa");
}

TEST(JobQueues, LeaveThreadsForOtherWorksAndOtherClients) {
  JobQueues jobs(64);
  for (int i = 0; i < 200; ++i) jobs.push([] {}, of(0, 0));
  EXPECT_EQ(begin_all(jobs), 43u);
  for (int i = 0; i < 200; ++i) jobs.push([] {}, of(0, 1));
  EXPECT_EQ(begin_all(jobs), 5u) << "three quarters for one client";
  for (int i = 0; i < 200; ++i) jobs.push([] {}, of(1));
  EXPECT_EQ(begin_all(jobs), 11u);
  jobs.push([] {}, of(2));
  EXPECT_TRUE(jobs.has_next());
}

TEST(JobQueues, BeginWhatWaitedWhenAnotherEnds) {
  JobQueues jobs(64);
  for (int i = 0; i < 44; ++i) jobs.push([] {}, of(0));
  begin_all(jobs);
  ASSERT_FALSE(jobs.has_next());
  jobs.end(of(0));
  EXPECT_EQ(begin_all(jobs), 1u);
}

TEST(JobQueues, GiveTheFewThreadsThereAreToAnybody) {
  for (const std::size_t threads : {1, 2, 3}) {
    JobQueues jobs(threads);
    for (int i = 0; i < 4; ++i) jobs.push([] {}, of(0));
    EXPECT_EQ(begin_all(jobs), std::min<std::size_t>(threads, 2));
  }
}

TEST(JobQueues, BoundNothingOfTheProgramItself) {
  JobQueues jobs(4);
  for (int i = 0; i < 5; ++i) jobs.push([] {}, {});
  EXPECT_EQ(begin_all(jobs), 4u);
}

TEST(JobQueues, ForgetNothingThatRunsWhenAllThatWaitsIsTaken) {
  JobQueues jobs(1);
  jobs.push([] {}, of(0));
  jobs.push([] {}, of(1));
  const auto begun = jobs.begin();
  EXPECT_EQ(jobs.take_all().size(), 1u);
  EXPECT_FALSE(jobs.has_next());
  jobs.end(begun->owner);
  EXPECT_EQ(jobs.running(), 0u);
  jobs.push([] {}, of(0));
  EXPECT_TRUE(jobs.has_next());
}

}  // namespace
}  // namespace oriel::conduit

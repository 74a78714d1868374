#include "oriel/app/conduit/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>

namespace oriel::conduit {
namespace {

using namespace std::chrono_literals;

TEST(WorkerPool, RunsJobsAtTheSameTimeUpToItsLimit) {
  WorkerPool pool(3);
  std::latch all_three(3), done(3);
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(pool.run([&] {
      all_three.arrive_and_wait();  // would hang if one waited for another
      done.count_down();
    }));
  done.wait();
  EXPECT_LE(pool.threads(), 3u);
}

TEST(WorkerPool, LetsJobsBeyondItsLimitWait) {
  WorkerPool pool(1);
  std::latch may_end(1), done(2);
  std::atomic<int> running = 0, most = 0;
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(pool.run([&] {
      most = std::max(most.load(), ++running);
      may_end.wait();
      --running;
      done.count_down();
    }));
  may_end.count_down();
  done.wait();
  EXPECT_EQ(most, 1);
}

TEST(WorkerPool, MakesNoThreadForAJobThatAnIdleOneTakes) {
  WorkerPool pool(8);
  for (int i = 0; i < 20; ++i) {
    std::latch done(1);
    pool.run([&] { done.count_down(); });
    done.wait();
  }
  EXPECT_LE(pool.threads(), 3u) << "one that just ended its job may not be idle yet";
}

TEST(WorkerPool, EndsThreadsThatHadNothingToDo) {
  WorkerPool pool(4, 1ms);
  std::latch done(1);
  pool.run([&] { done.count_down(); });
  done.wait();
  while (pool.threads() > 0) std::this_thread::yield();
  std::latch again(1);
  pool.run([&] { again.count_down(); });
  again.wait();
}

TEST(WorkerPool, DropsWhatWaitsWhenItIsStopped) {
  WorkerPool pool(1);
  std::latch has_begun(1), may_end(1);
  pool.run([&] {
    has_begun.count_down();
    may_end.wait();
  });
  has_begun.wait();
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> waits = held;
  pool.run([held = std::move(held)] { ADD_FAILURE() << "was to be dropped"; });
  pool.stop();
  EXPECT_TRUE(waits.expired());
  EXPECT_FALSE(pool.run([] { ADD_FAILURE(); }));
  EXPECT_FALSE(pool.wait(1ms)) << "the first one still runs";
  may_end.count_down();
  EXPECT_TRUE(pool.wait(10s));
}

TEST(WorkerPool, MayEndInsideOneOfItsOwnJobs) {
  auto pool = std::make_shared<WorkerPool>(2);
  std::latch handed_over(1), done(1);
  pool->run([&, own = pool]() mutable {
    handed_over.wait();
    own.reset();  // the last owner
    done.count_down();
  });
  pool.reset();
  handed_over.count_down();
  done.wait();
}

}  // namespace
}  // namespace oriel::conduit

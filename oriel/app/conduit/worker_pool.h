#pragma once
// Threads for handlers that may block. Made when they are needed, up to a limit, and ended when
// they have had nothing to do for a while; so a slow handler holds up nobody else.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "oriel/app/conduit/limits.h"

namespace oriel::conduit {

// Whose job it is, and what work of theirs: addresses, as names only. Jobs wait in a queue for each
// work of each client, and the queues take turns. A client begins another job only while it has
// fewer at work than three times as many threads as are free (three quarters of them, when it is
// alone), and one work of it two times (two thirds): so neither a client nor a method takes all.
// Null: the program's own, without a bound.
struct JobOwner {
  const void* client = nullptr;
  const void* work = nullptr;
};

// Any thread.
class WorkerPool {
 public:
  explicit WorkerPool(std::size_t threads_max = kWorkersMax,
                      std::chrono::milliseconds idle_time = kWorkerIdle);
  // As stop(), without waiting: the pool may end inside one of its own jobs.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // `job` throws nothing. False, and it is dropped, after stop() and when there is no thread for it
  // and none can be made.
  bool run(std::move_only_function<void()> job, JobOwner owner = {});
  // Drops the jobs that wait, and lets those that run end.
  void stop();
  // Waits until all threads have ended, which they do after stop(); not from a job. False after
  // `timeout`.
  bool wait(std::chrono::milliseconds timeout);

  std::size_t threads() const;

 private:
  struct State;  // the threads hold it too

  std::shared_ptr<State> state_;
};

}  // namespace oriel::conduit

#include "oriel/app/conduit/worker_pool.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "oriel/app/conduit/job_queues.h"

namespace oriel::conduit {

struct WorkerPool::State : std::enable_shared_from_this<State> {
  State(std::size_t most, std::chrono::milliseconds rest)
      : threads_max(most), idle_time(rest), jobs(most) {}

  void work();
  bool call_worker();

  const std::size_t threads_max;
  const std::chrono::milliseconds idle_time;
  std::mutex mutex;  // guards the next ones
  std::condition_variable changed;
  std::condition_variable ended;
  JobQueues jobs;
  std::size_t threads = 0;
  std::size_t idle = 0;
  bool is_calling = false;  // a thread is on its way to the next job
  bool is_stopping = false;
};

void WorkerPool::State::work() {
  std::unique_lock lock(mutex);
  while (true) {
    ++idle;
    const bool has_job =
        changed.wait_for(lock, idle_time, [this] { return is_stopping || jobs.has_next(); });
    --idle;
    if (!has_job || is_stopping) break;
    auto begun = jobs.begin();
    is_calling = false;
    call_worker();  // for the next one
    lock.unlock();
    begun->job();
    begun->job = nullptr;  // what it holds may lock the pool
    lock.lock();
    jobs.end(begun->owner);
  }
  if (--threads == 0) ended.notify_all();
}

// Locked. Wakes or makes a thread when a job may begin, one at a time: whoever begins one calls the
// next, so that many quick jobs do not wake all threads. False: the system has no more threads.
bool WorkerPool::State::call_worker() {
  if (is_calling || !jobs.has_next()) return true;
  if (idle > 0) {
    is_calling = true;
    changed.notify_one();
  }
  if (idle > 0 || threads >= threads_max) return true;
  ++threads;
  try {
    std::thread([state = shared_from_this()] { state->work(); }).detach();
  } catch (const std::system_error&) {
    --threads;
    return false;
  }
  is_calling = true;
  return true;
}

WorkerPool::WorkerPool(std::size_t threads_max, std::chrono::milliseconds idle_time)
    : state_(std::make_shared<State>(threads_max, idle_time)) {}

WorkerPool::~WorkerPool() { stop(); }

bool WorkerPool::run(std::move_only_function<void()> job, JobOwner owner) {
  std::deque<JobQueues::Job> dropped;  // ends without the lock
  std::lock_guard lock(state_->mutex);
  if (state_->is_stopping) return false;
  state_->jobs.push(std::move(job), owner);
  if (state_->call_worker() || state_->threads > 0) return true;
  dropped = state_->jobs.take_all();  // there is no other one
  return false;
}

void WorkerPool::stop() {
  std::deque<JobQueues::Job> dropped;  // ends without the lock
  std::lock_guard lock(state_->mutex);
  state_->is_stopping = true;
  dropped = state_->jobs.take_all();
  state_->changed.notify_all();
}

bool WorkerPool::wait(std::chrono::milliseconds timeout) {
  std::unique_lock lock(state_->mutex);
  return state_->ended.wait_for(lock, timeout, [this] { return state_->threads == 0; });
}

std::size_t WorkerPool::threads() const {
  std::lock_guard lock(state_->mutex);
  return state_->threads;
}

}  // namespace oriel::conduit

#include "oriel/app/conduit/worker_pool.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace oriel::conduit {

struct WorkerPool::State {
  State(std::size_t most, std::chrono::milliseconds rest) : threads_max(most), idle_time(rest) {}

  void work();

  const std::size_t threads_max;
  const std::chrono::milliseconds idle_time;
  std::mutex mutex;  // guards the next ones
  std::condition_variable changed;
  std::condition_variable ended;
  std::deque<std::move_only_function<void()>> jobs;
  std::size_t threads = 0;
  std::size_t idle = 0;
  bool is_stopping = false;
};

void WorkerPool::State::work() {
  std::unique_lock lock(mutex);
  while (true) {
    ++idle;
    const bool has_job =
        changed.wait_for(lock, idle_time, [this] { return is_stopping || !jobs.empty(); });
    --idle;
    if (!has_job || is_stopping) break;
    auto job = std::move(jobs.front());
    jobs.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // what it holds may lock the pool
    lock.lock();
  }
  if (--threads == 0) ended.notify_all();
}

WorkerPool::WorkerPool(std::size_t threads_max, std::chrono::milliseconds idle_time)
    : state_(std::make_shared<State>(threads_max, idle_time)) {}

WorkerPool::~WorkerPool() { stop(); }

bool WorkerPool::run(std::move_only_function<void()> job) {
  std::lock_guard lock(state_->mutex);
  if (state_->is_stopping) return false;
  state_->jobs.push_back(std::move(job));
  if (state_->idle >= state_->jobs.size() || state_->threads >= state_->threads_max) {
    state_->changed.notify_one();
    return true;
  }
  ++state_->threads;
  try {
    std::thread([state = state_] { state->work(); }).detach();
  } catch (const std::system_error&) {  // the system has no more; those that there are go on
    if (--state_->threads == 0) {
      state_->jobs.pop_back();
      return false;
    }
  }
  return true;
}

void WorkerPool::stop() {
  std::deque<std::move_only_function<void()>> dropped;  // ends without the lock
  std::lock_guard lock(state_->mutex);
  state_->is_stopping = true;
  dropped.swap(state_->jobs);
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

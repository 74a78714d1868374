#include "oriel/app/conduit/hook_lane.h"

#include <boost/asio/post.hpp>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace oriel::conduit {
namespace {

void call(const std::function<void()>& hook, const observe::Logger& log) noexcept {
  try {
    hook();
  } catch (const std::exception& exception) {
    log.error("a hook has thrown", {{"reason", exception.what()}});
  } catch (...) {
    log.error("a hook has thrown what is no exception");
  }
}

}  // namespace

struct HookLane::State {
  WorkerPool* workers = nullptr;
  boost::asio::any_io_executor strand;
  observe::Logger log;

  std::mutex mutex;  // guards the next ones
  std::condition_variable changed;
  std::deque<std::function<void()>> waiting;
  bool is_running = false;  // a worker, or the strand, is at it
  bool is_stopped = false;
  std::thread::id thread;
};

HookLane::HookLane(WorkerPool& workers, observe::Logger log) : state_(std::make_shared<State>()) {
  state_->workers = &workers;
  state_->log = std::move(log);
}

HookLane::HookLane(boost::asio::any_io_executor strand, observe::Logger log)
    : state_(std::make_shared<State>()) {
  state_->strand = std::move(strand);
  state_->log = std::move(log);
}

HookLane::~HookLane() { stop(); }

void HookLane::run(std::function<void()> hook) {
  {
    std::lock_guard lock(state_->mutex);
    if (state_->is_stopped) return;
    state_->waiting.push_back(std::move(hook));
    if (std::exchange(state_->is_running, true)) return;
  }
  auto work = [state = state_] {
    std::unique_lock lock(state->mutex);
    state->thread = std::this_thread::get_id();
    while (!state->waiting.empty()) {
      auto next = std::move(state->waiting.front());
      state->waiting.pop_front();
      lock.unlock();
      call(next, state->log);
      next = nullptr;  // what it holds may use the lane
      lock.lock();
    }
    state->thread = {};
    state->is_running = false;
    state->changed.notify_all();
  };
  if (state_->workers == nullptr) return boost::asio::post(state_->strand, std::move(work));
  if (state_->workers->run(std::move(work))) return;
  state_->log.error("no thread for hooks");
  stop();
}

void HookLane::stop() {
  std::deque<std::function<void()>> dropped;  // ends without the lock
  std::lock_guard lock(state_->mutex);
  state_->is_stopped = true;
  dropped.swap(state_->waiting);
  state_->changed.notify_all();
}

bool HookLane::wait(std::chrono::milliseconds timeout) {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, timeout,
                                  [this] { return state_->is_stopped || !state_->is_running; });
}

bool HookLane::is_inside() const {
  std::lock_guard lock(state_->mutex);
  return state_->workers != nullptr && state_->thread == std::this_thread::get_id();
}

}  // namespace oriel::conduit

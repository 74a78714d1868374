#pragma once
// One result that one thread gives, at most once, and another waits for. When nobody can give it
// any more, it is what was said at the beginning: who waits never waits in vain.

#include <atomic>
#include <future>
#include <memory>
#include <utility>

namespace oriel::conduit {

// Any thread.
template <typename T>
class Outcome {
 public:
  explicit Outcome(T otherwise) : otherwise_(std::move(otherwise)) {}
  ~Outcome() { give(std::move(otherwise_)); }
  Outcome(const Outcome&) = delete;
  Outcome& operator=(const Outcome&) = delete;

  void give(T value) {
    if (!is_given_.exchange(true)) promise_.set_value(std::move(value));
  }
  // Once.
  std::future<T> future() { return promise_.get_future(); }

 private:
  std::promise<T> promise_;
  std::atomic<bool> is_given_ = false;
  T otherwise_;
};

// start: gets what gives the outcome, and whose last copy decides that it is not given.
template <typename T, typename Start>
std::future<T> future_of(T otherwise, Start&& start) {
  auto outcome = std::make_shared<Outcome<T>>(std::move(otherwise));
  auto future = outcome->future();
  start([outcome = std::move(outcome)](T value) { outcome->give(std::move(value)); });
  return future;
}

}  // namespace oriel::conduit

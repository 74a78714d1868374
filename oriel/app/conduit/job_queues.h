#pragma once
// The jobs that wait for a thread, and whose turn it is. Pure: whoever owns it has the threads.

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <unordered_map>

#include "oriel/app/conduit/worker_pool.h"

namespace oriel::conduit {

// One thread at a time.
class JobQueues {
 public:
  using Job = std::move_only_function<void()>;
  struct Begun {
    Job job;
    JobOwner owner;
  };

  explicit JobQueues(std::size_t threads) : threads_(threads) {}

  void push(Job job, JobOwner owner);
  // Whether begin() would give one.
  bool has_next() const { return find_next().has_value(); }
  // The job whose turn it is; nothing when none may begin before another ends.
  std::optional<Begun> begin();
  // That of `owner` has ended.
  void end(const JobOwner& owner);
  // All that wait.
  std::deque<Job> take_all();

  std::size_t running() const { return running_; }

 private:
  struct Queue {
    std::deque<Job> jobs;
    std::size_t running = 0;
    const void* work = nullptr;
  };
  struct Client {
    std::map<const void*, Queue> queues;
    std::list<Queue*> turns;  // those in which jobs wait
    std::size_t running = 0;
    const void* id = nullptr;
  };
  struct Place {
    std::list<Client*>::const_iterator client;
    std::list<Queue*>::const_iterator queue;
  };

  std::size_t free() const { return threads_ - running_; }
  std::optional<Place> find_next() const;

  std::size_t threads_;
  std::unordered_map<const void*, Client> clients_;
  std::list<Client*> turns_;  // those of whom jobs wait
  std::size_t running_ = 0;
};

}  // namespace oriel::conduit

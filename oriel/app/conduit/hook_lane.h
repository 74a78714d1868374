#pragma once
// Calls the application's hooks one after another, in their order: in a worker, where they may
// block, or on a strand.

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "oriel/app/conduit/worker_pool.h"
#include "oriel/app/observe/log.h"

namespace oriel::conduit {

// Any thread.
class HookLane {
 public:
  // `workers` outlives the hooks.
  HookLane(WorkerPool& workers, observe::Logger log);
  // On a strand.
  HookLane(boost::asio::any_io_executor strand, observe::Logger log);
  ~HookLane();

  // What a hook throws is logged.
  void run(std::function<void()> hook);
  // Calls none any more.
  void stop();
  // Waits until all that were given so far are done. Not in a hook, and never on the strand. False
  // after `timeout`.
  bool wait(std::chrono::milliseconds timeout);
  // Whether the caller is one of the hooks; only with workers.
  bool is_inside() const;

 private:
  struct State;

  std::shared_ptr<State> state_;
};

}  // namespace oriel::conduit

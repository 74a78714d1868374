#pragma once
// The loop of a server or client that runs it itself, in a thread of its own. What a coroutine of
// somebody else still holds when the server or client has gone keeps the loop as memory, for the
// timers in it: nothing runs there any more.

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <mutex>
#include <thread>

#include "oriel/base/result.h"

namespace oriel::conduit {

// Any thread, but for what says otherwise.
class OwnLoop {
 public:
  OwnLoop() = default;
  // After stop(), or before start().
  ~OwnLoop() = default;
  OwnLoop(const OwnLoop&) = delete;
  OwnLoop& operator=(const OwnLoop&) = delete;

  boost::asio::io_context& context() { return context_; }
  boost::asio::io_context::executor_type executor() { return context_.get_executor(); }

  // Makes the thread, once. kUnavailable: the system has none.
  Status start();
  // Whether there is a thread.
  bool is_running();

  // These two by the owner at its end, and not inside. After stop() the caller's thread is the
  // loop's.
  void stop();
  // What is left over runs here, and what still waits then is dropped: nothing in the loop holds
  // anything any more.
  void finish();

 private:
  class Context : public boost::asio::io_context {
   public:
    using io_context::io_context;
    void drop() { shutdown(); }
  };

  Context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      context_.get_executor()};
  std::mutex mutex_;  // guards the thread
  std::thread thread_;
};

}  // namespace oriel::conduit

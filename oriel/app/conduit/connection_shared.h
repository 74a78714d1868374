#pragma once
// What connections of one server or client have in common, and what their owner hears of them.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "oriel/app/conduit/dispatcher.h"
#include "oriel/app/conduit/limits.h"
#include "oriel/app/conduit/user_data.h"
#include "oriel/app/conduit/worker_pool.h"
#include "oriel/app/observe/log.h"
#include "oriel/core/conduit/error_code.h"
#include "oriel/core/conduit/frame.h"
#include "oriel/core/conduit/peer_session.h"

namespace oriel::conduit {

class Connection;

class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  virtual void connection_opened(Connection& connection, const Opened& opened) = 0;
  // The peer asks us to send nothing for now, or to go on.
  virtual void connection_paused(Connection&, bool /*is_paused*/) {}
  virtual void login_refused(Connection& connection, const LoginRefused& refused) = 0;
  // Whether the peer may do what needs this role.
  virtual bool may(const Connection& connection, std::string_view role) = 0;
  // The last call; calls under way have ended. What a peer that has said CLOSE gave as its reason,
  // and why it did not let us in, is part of `reason`.
  virtual void connection_ended(Connection& connection, const Error& reason) = 0;
  // No method and no handler is at work any more.
  virtual void handlers_rest() {}
};

// What connections of one owner have in common; lives as long as the last of them, and so longer
// than the owner when a handler is still at work. The owner fills it before the first connection
// and calls end() before the executor's context goes.
struct ConnectionShared {
  explicit ConnectionShared(std::size_t workers_max = kWorkersMax) : workers(workers_max) {}

  boost::asio::any_io_executor executor;  // a strand, or the loop of one thread
  std::function<bool()> is_inside;        // whether the caller is on it
  Dispatcher dispatcher;
  WorkerPool workers;
  UserData user_data;
  observe::Logger log;
  ErrorNumbers numbers = ErrorNumbers::kPrograms;
  Compression compression = Compression::kNone;
  // Messages of one connection that are on their way from other threads.
  std::size_t handed_over_max = kQueueMessages;

  // ---- of the strand

  // Null once the owner has gone.
  ConnectionOwner* owner = nullptr;
  // Methods and handlers are not begun any more.
  bool is_stopping = false;
  // Methods and handlers that have begun and not ended, on whatever thread.
  std::size_t handlers_running = 0;
  // Connections with something to write, told to their drivers in one turn.
  std::vector<std::shared_ptr<Connection>> kicks;

  // ---- any thread

  bool is_on_strand() const {
    std::lock_guard lock(mutex_);
    return is_inside && is_inside();
  }
  // False, and `work` is dropped, after end().
  template <typename Work>
  bool post(Work&& work) const {
    std::lock_guard lock(mutex_);
    if (!executor) return false;
    boost::asio::post(executor, std::forward<Work>(work));
    return true;
  }
  // Nobody touches the executor's context any more; jobs that wait for a worker are dropped.
  void end();

 private:
  mutable std::mutex mutex_;  // guards executor and is_inside against end()
};

}  // namespace oriel::conduit

#pragma once
// Calls under way, so many at a time, and the first thing that went wrong.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "oriel/app/conduit/connection.h"
#include "oriel/core/conduit/response.h"
#include "oriel/io/net/wake_event.h"

namespace oriel::conduit {

// The connection's strand owns it.
class CallWindow {
 public:
  explicit CallWindow(std::shared_ptr<Connection> connection);
  // What still comes reaches nobody: `done` may refer to what goes now, as when the coroutine that
  // waits is cancelled.
  ~CallWindow() { state_->is_over = true; }
  CallWindow(const CallWindow&) = delete;
  CallWindow& operator=(const CallWindow&) = delete;

  // Waits until fewer than `most` are under way.
  boost::asio::awaitable<void> room(std::size_t most);
  // `done` is called with the data of each answer, until something goes wrong.
  void call(std::string method, Value params, std::function<CallResult<void>(const Value&)> done);
  const std::optional<CallError>& failure() const { return state_->failure; }
  void fail(CallError failure);

 private:
  struct State {
    explicit State(const boost::asio::any_io_executor& executor) : changed(executor) {}
    std::size_t under_way = 0;
    bool is_over = false;
    std::optional<CallError> failure;
    net::WakeEvent changed;
  };

  std::shared_ptr<Connection> connection_;
  std::shared_ptr<State> state_;
};

}  // namespace oriel::conduit

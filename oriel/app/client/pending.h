#pragma once
// Somebody who waits on a loop.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "oriel/app/agent/agent_error.h"
#include "oriel/base/time.h"
#include "oriel/io/net/no_throw.h"

namespace oriel::client {

// Waits until it is told a result, or a deadline has passed. Shared with its coroutine: whoever has
// told it may go.
struct Pending {
  explicit Pending(const boost::asio::any_io_executor& executor) : timer(executor) {}

  void finish(agent::AgentStatus status) {
    if (!result) result = std::move(status);
    timer.cancel();
  }
  // Nothing when the deadline has passed first.
  static boost::asio::awaitable<std::optional<agent::AgentStatus>> wait(
      std::shared_ptr<Pending> self, TimePoint deadline) {
    if (!self->result) {
      self->timer.expires_at(deadline);
      co_await self->timer.async_wait(net::kNoThrow);
    }
    co_return self->result;
  }

  boost::asio::steady_timer timer;
  std::optional<agent::AgentStatus> result;
};

using SharedPending = std::shared_ptr<Pending>;

}  // namespace oriel::client

#pragma once
// Wakes coroutines when something has happened.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>

#include "oriel/base/time.h"

namespace oriel::agent {

// Lives on the loop of `executor`, longer than whoever waits.
class Bell {
 public:
  explicit Bell(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  // Wakes all who wait now.
  void ring();
  // Returns at the next ring(), or at `until`.
  boost::asio::awaitable<void> wait(TimePoint until);

 private:
  boost::asio::any_io_executor executor_;
  std::list<boost::asio::steady_timer> waiting_;
};

// Returns at `until`; throws when it is cancelled, as Asio does, so that nothing more is done.
boost::asio::awaitable<void> sleep_until(boost::asio::any_io_executor executor, TimePoint until);

}  // namespace oriel::agent

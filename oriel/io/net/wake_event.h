#pragma once
// Lets coroutines of one strand wait until another one says that something changed:
// `while (!condition) co_await event.wait();`. A notify without a waiter is forgotten, so the
// waiter looks at its condition first. Nothing can change between the look and the wait, because
// one strand owns the event.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace oriel::net {

class WakeEvent {
 public:
  explicit WakeEvent(const boost::asio::any_io_executor& executor)
      : timer_(executor, boost::asio::steady_timer::time_point::max()) {}

  void notify() { timer_.cancel(); }

  boost::asio::awaitable<void> wait() {
    co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }

 private:
  boost::asio::steady_timer timer_;
};

}  // namespace oriel::net

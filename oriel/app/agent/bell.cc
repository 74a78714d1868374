#include "oriel/app/agent/bell.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace oriel::agent {
namespace {

// Takes the timer off the list also when the coroutine is ended in its sleep.
struct Place {
  std::list<boost::asio::steady_timer>& list;
  std::list<boost::asio::steady_timer>::iterator timer;
  ~Place() { list.erase(timer); }
};

}  // namespace

void Bell::ring() {
  for (auto& timer : waiting_) timer.cancel();
}

boost::asio::awaitable<void> Bell::wait(TimePoint until) {
  const Place place{waiting_, waiting_.emplace(waiting_.end(), executor_, until)};
  boost::system::error_code cancelled;
  co_await place.timer->async_wait(
      boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
}

boost::asio::awaitable<void> sleep_until(boost::asio::any_io_executor executor, TimePoint until) {
  boost::asio::steady_timer timer(std::move(executor), until);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace oriel::agent

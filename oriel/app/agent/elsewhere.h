#pragma once
// Work that takes long, off the loop.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <type_traits>

namespace oriel::agent {

// Calls `work` on a thread of the process and goes on, with what it returns, where it was. `work`
// must not refer to what may end meanwhile. It is not cancelled: that would reach into the other
// thread.
template <typename T>
boost::asio::awaitable<T> elsewhere(std::function<T()> work) {
  // A local of its own: g++ 12 would destroy a temporary in the expression that waits twice.
  auto task = [](std::function<T()> todo) -> boost::asio::awaitable<T> { co_return todo(); };
  auto token = boost::asio::bind_cancellation_slot(boost::asio::cancellation_slot(),
                                                   boost::asio::use_awaitable);
  auto there = boost::asio::co_spawn(boost::asio::system_executor(), task(std::move(work)), token);
  co_return co_await std::move(there);
}

}  // namespace oriel::agent

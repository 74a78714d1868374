#pragma once
// How a coroutine awaits an operation of Asio that gives its error as a value.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace oriel::net {

// `auto [error, size] = co_await socket.async_read_some(buffer, kNoThrow);`
inline constexpr auto kNoThrow = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace oriel::net

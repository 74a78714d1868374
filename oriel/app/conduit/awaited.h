#pragma once
// What a function gives in the end, and whether it is a coroutine.

#include <boost/asio/awaitable.hpp>

namespace oriel::conduit {

template <typename T>
struct Awaited {
  using type = T;
  static constexpr bool is_coroutine = false;
};
template <typename T>
struct Awaited<boost::asio::awaitable<T>> {
  using type = T;
  static constexpr bool is_coroutine = true;
};

}  // namespace oriel::conduit

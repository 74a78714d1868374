#pragma once
// A coroutine that waits for a callback, whatever thread that comes on.

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>

namespace oriel::conduit {

// Suspends a coroutine until `start` has called what it is given, once. `cancel` may be null, and
// is called when the coroutine is cancelled; the callback still has to come. Whoever holds the
// callback holds the coroutine: it must not outlive the context that the coroutine runs in.
template <typename T>
boost::asio::awaitable<T> await_callback(std::function<void(std::function<void(T)>)> start,
                                         std::function<void()> cancel = nullptr) {
  namespace asio = boost::asio;
  // A local of its own: g++ 12 would destroy a temporary in the expression that waits twice.
  auto initiate = [start = std::move(start), cancel = std::move(cancel)](auto completion) mutable {
    auto slot = asio::get_associated_cancellation_slot(completion);
    if (cancel && slot.is_connected())
      slot.assign([cancel = std::move(cancel)](asio::cancellation_type) { cancel(); });
    auto shared = std::make_shared<decltype(completion)>(std::move(completion));
    // Never at once: the coroutine must not go on inside `start`, which it owns.
    start([shared = std::move(shared)](T value) {
      auto executor = asio::get_associated_executor(*shared);
      asio::post(executor, [shared, value = std::move(value)]() mutable {
        auto here = std::move(*shared);
        asio::get_associated_cancellation_slot(here).clear();
        here(std::move(value));
      });
    });
  };
  auto waiting = asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(std::move(initiate),
                                                                              asio::use_awaitable);
  co_return co_await std::move(waiting);
}

}  // namespace oriel::conduit

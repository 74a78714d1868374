#pragma once
// What an application does when a server begins or ends, or a client comes or goes: a plain
// function or a coroutine, with or without the argument.

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "oriel/app/conduit/awaited.h"
#include "oriel/base/result.h"

namespace oriel::conduit {

template <typename Argument>
using PlainHook = std::function<Status(Argument&)>;
template <typename Argument>
using CoroutineHook = std::function<boost::asio::awaitable<Status>(Argument&)>;
template <typename Argument>
using Hook = std::variant<PlainHook<Argument>, CoroutineHook<Argument>>;
template <typename Argument>
using Hooks = std::vector<Hook<Argument>>;

namespace hook {

template <typename F, typename Argument>
decltype(auto) call(F& function, Argument& argument) {
  if constexpr (std::is_invocable_v<F&, Argument&>)
    return function(argument);
  else
    return function();
}

// The function object is shared: a lambda's captures must outlive its coroutine.
template <typename F, typename Argument>
boost::asio::awaitable<Status> run(std::shared_ptr<F> function, Argument& argument) {
  auto work = call(*function, argument);
  if constexpr (std::is_void_v<typename Awaited<decltype(work)>::type>) {
    co_await std::move(work);
    co_return Status();
  } else {
    co_return co_await std::move(work);
  }
}

}  // namespace hook

// `function` returns void or Status, or an awaitable of either.
template <typename Argument, typename F>
Hook<Argument> make_hook(F function) {
  using Returned = decltype(hook::call(function, std::declval<Argument&>()));
  if constexpr (Awaited<Returned>::is_coroutine) {
    return CoroutineHook<Argument>(
        [function = std::make_shared<F>(std::move(function))](Argument& argument) {
          return hook::run(function, argument);
        });
  } else if constexpr (std::is_void_v<Returned>) {
    return PlainHook<Argument>([function = std::move(function)](Argument& argument) mutable {
      hook::call(function, argument);
      return Status();
    });
  } else {
    return PlainHook<Argument>([function = std::move(function)](Argument& argument) mutable {
      return Status(hook::call(function, argument));
    });
  }
}

}  // namespace oriel::conduit

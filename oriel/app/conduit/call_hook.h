#pragma once
// Hooks of an application, called so that their exceptions become errors.

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <exception>
#include <utility>
#include <variant>

#include "oriel/app/conduit/server_hook.h"
#include "oriel/base/result.h"

namespace oriel::conduit {

inline Status hook_threw(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& exception) {
    return fail(ErrorCode::kUnavailable, exception.what());
  } catch (...) {
    return fail(ErrorCode::kUnavailable, "it threw what is no exception");
  }
}

template <typename Argument>
bool are_all_plain(const Hooks<Argument>& hooks) {
  return std::ranges::all_of(
      hooks, [](const auto& hook) { return std::holds_alternative<PlainHook<Argument>>(hook); });
}

template <typename Argument>
Status call_plain_hook(const Hook<Argument>& hook, Argument& argument) {
  try {
    return std::get<PlainHook<Argument>>(hook)(argument);
  } catch (...) {
    return hook_threw(std::current_exception());
  }
}

template <typename Argument>
boost::asio::awaitable<Status> call_hook(const Hook<Argument>& hook, Argument& argument) {
  const auto* coroutine = std::get_if<CoroutineHook<Argument>>(&hook);
  if (coroutine == nullptr) co_return call_plain_hook(hook, argument);
  try {
    auto work = (*coroutine)(argument);
    co_return co_await std::move(work);
  } catch (...) {
    co_return hook_threw(std::current_exception());
  }
}

}  // namespace oriel::conduit

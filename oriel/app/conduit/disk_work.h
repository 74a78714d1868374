#pragma once
// What may wait for the disk, in a worker thread of a connection.

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "oriel/app/conduit/connection.h"
#include "oriel/core/conduit/response.h"

namespace oriel::conduit {

// g++ 12 destroys temporaries of a co_await twice: `work` is a local of the caller's.
template <typename T>
boost::asio::awaitable<CallResult<T>> on_disk(std::shared_ptr<Connection> connection,
                                              std::function<CallResult<T>()> work) {
  const auto result = std::make_shared<std::optional<CallResult<T>>>();
  auto done = co_await connection->async_work([result, work] { result->emplace(work()); });
  if (!done)
    co_return std::unexpected(
        CallError{.code = CallCode::kDisconnected, .message = done.error().message});
  co_return std::move(**result);
}

}  // namespace oriel::conduit

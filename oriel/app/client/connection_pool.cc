#include "oriel/app/client/connection_pool.h"

#include <algorithm>
#include <utility>

namespace oriel::client {
namespace {

using boost::asio::awaitable;

class PooledScreen final : public net::PoolConnection {
 public:
  PooledScreen(const boost::asio::any_io_executor& executor, const ConnectionOptions& options)
      : screen(executor, options) {}

  bool is_open() const override { return screen.is_connected(); }

  RemoteScreen screen;
};

Error error_of(const agent::AgentError& error) {
  switch (error.kind) {
    case agent::ErrorKind::kTimeout:
      return {ErrorCode::kTimeout, error.message};
    case agent::ErrorKind::kAuthentication:
      return {ErrorCode::kRefused, error.message};
    case agent::ErrorKind::kProtocol:
    case agent::ErrorKind::kInput:
      return {ErrorCode::kInvalid, error.message};
    default:
      return {ErrorCode::kUnavailable, error.message};
  }
}

awaitable<Result<std::unique_ptr<net::PoolConnection>>> connect(
    boost::asio::any_io_executor executor, ConnectionOptions options) {
  auto pooled = std::make_unique<PooledScreen>(executor, options);
  const auto status = co_await pooled->screen.connect();
  if (!status) co_return std::unexpected(error_of(status.error()));
  co_return std::move(pooled);
}

awaitable<bool> is_alive(net::PoolConnection& connection, std::chrono::milliseconds timeout) {
  auto& screen = static_cast<PooledScreen&>(connection).screen;
  const auto status = co_await screen.catch_up(Clock::now() + timeout);
  co_return status.has_value();
}

}  // namespace

net::PoolConfig pool_of(const boost::asio::any_io_executor& executor, ConnectionOptions options,
                        net::PoolConfig limits) {
  // The pool itself makes up for what is lost.
  options.reconnect.reset();
  options.timeout = std::min(options.timeout, limits.connect_timeout);
  limits.connect = [executor, options] { return connect(executor, options); };
  limits.check = [timeout = limits.check_timeout](net::PoolConnection& connection) {
    return is_alive(connection, timeout);
  };
  return limits;
}

RemoteScreen& screen_of(const net::PoolLease& lease) { return lease.as<PooledScreen>().screen; }

}  // namespace oriel::client

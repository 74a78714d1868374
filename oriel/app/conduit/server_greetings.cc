// How a server's hooks meet its clients, when they come and when they go.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "oriel/app/conduit/call_hook.h"
#include "oriel/app/conduit/server_shared.h"

namespace oriel::conduit {
namespace asio = boost::asio;

void Server::Shared::log_hook(std::string_view when, const Status& status) {
  if (!status)
    log_.warning("a hook has failed", {{"hook", when}, {"reason", status.error().message}});
}

void Server::Shared::greet(const ConnectionPointer& connection) {
  const auto hooks = get(connect_);
  if (hooks == nullptr) return;
  if (are_all_plain(*hooks)) {
    for (const auto& hook : *hooks)
      log_hook("on_client_connect", call_plain_hook(hook, *connection));
    return;
  }
  connection->hold();
  greeted_.insert(connection.get());
  ++hooks_running_;
  asio::co_spawn(strand_, greet_slowly(connection, hooks), asio::detached);
}

asio::awaitable<void> Server::Shared::greet_slowly(ConnectionPointer connection,
                                                   SharedHooks<Connection> hooks) {
  const auto self = shared_from_this();
  for (const auto& hook : *hooks) {
    if (is_detached_) co_return;
    auto called = call_hook(hook, *connection);
    log_hook("on_client_connect", co_await std::move(called));
  }
  greeted_.erase(connection.get());
  --hooks_running_;
  connection->resume();
  if (gone_while_greeted_.erase(connection.get()) > 0) say_farewell(connection);
  wake_.cancel();
}

void Server::Shared::say_farewell(const ConnectionPointer& connection) {
  const auto hooks = get(disconnect_);
  if (hooks == nullptr || is_detached_) return;
  if (greeted_.contains(connection.get())) {
    gone_while_greeted_.insert(connection.get());
    return;
  }
  if (are_all_plain(*hooks)) {
    for (const auto& hook : *hooks)
      log_hook("on_client_disconnect", call_plain_hook(hook, *connection));
    return;
  }
  ++hooks_running_;
  asio::co_spawn(strand_, say_farewell_slowly(connection, hooks), asio::detached);
}

asio::awaitable<void> Server::Shared::say_farewell_slowly(ConnectionPointer connection,
                                                          SharedHooks<Connection> hooks) {
  const auto self = shared_from_this();
  for (const auto& hook : *hooks) {
    if (is_detached_) co_return;
    auto called = call_hook(hook, *connection);
    log_hook("on_client_disconnect", co_await std::move(called));
  }
  --hooks_running_;
  wake_.cancel();
}

}  // namespace oriel::conduit

#pragma once
// What all listeners do once they listen: hand out each connection as a Stream, and survive what
// accept can fail with. Used inside this module only; one strand owns it, shared with its
// coroutine.

#include <fcntl.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "oriel/io/net/limits.h"
#include "oriel/io/net/no_throw.h"
#include "oriel/io/net/stream.h"
#include "oriel/io/net/tcp_stream.h"

namespace oriel::net {

// Protocol: ip::tcp or local::stream_protocol.
template <typename Protocol>
struct AcceptLoop {
  AcceptLoop(const boost::asio::any_io_executor& executor,
             std::function<void(StreamPointer)> callback)
      : acceptor(executor), back_off(executor), on_connection(std::move(callback)) {}

  // The acceptor listens. `self` points to this.
  void start(std::shared_ptr<AcceptLoop> self) {
    // Else a program that is started beside us would go on to listen when we have ended.
    (void)::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
    boost::asio::co_spawn(acceptor.get_executor(), run(std::move(self)), boost::asio::detached);
  }

  void close() {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    back_off.cancel();
  }

  // Every failure but a connection that has gone again (which Asio skips) means that something ran
  // out; trying at once would only burn a core.
  static boost::asio::awaitable<void> run(std::shared_ptr<AcceptLoop> self) {
    while (self->acceptor.is_open()) {
      auto [error, socket] = co_await self->acceptor.async_accept(kNoThrow);
      if (!self->acceptor.is_open()) break;
      if (!error) {
        self->on_connection(make_socket_stream(std::move(socket)));
        continue;
      }
      self->back_off.expires_after(kAcceptBackOff);
      co_await self->back_off.async_wait(kNoThrow);
    }
  }

  boost::asio::basic_socket_acceptor<Protocol> acceptor;
  boost::asio::steady_timer back_off;
  std::function<void(StreamPointer)> on_connection;
};

}  // namespace oriel::net

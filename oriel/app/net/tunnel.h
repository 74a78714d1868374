#pragma once
// The way through a proxy to a host.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>

#include "oriel/app/net/proxy.h"
#include "oriel/base/result.h"
#include "oriel/io/net/stream.h"

namespace oriel::net {

// Asks the proxy at the other end of `stream` for the way to a host, and reads its answer and not a
// byte more. kRefused: it wants another user or password. kUnavailable: it does not let us through,
// or does not reach the host. kInvalid: it is no such proxy. kClosed. Takes as long as the proxy
// likes: bound it by closing the stream.
boost::asio::awaitable<Status> open_tunnel(Stream& stream, std::string host, std::uint16_t port,
                                           Proxy proxy);

}  // namespace oriel::net

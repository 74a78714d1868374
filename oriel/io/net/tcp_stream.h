#pragma once
// A Stream on a connected TCP or Unix socket, tuned for latency: no Nagle, little unsent data, and
// every operation is tried at once before it waits.

#include <boost/asio/generic/stream_protocol.hpp>
#include <string>

#include "oriel/io/net/stream.h"

namespace oriel::net {

// Takes over a connected socket (an ip::tcp or local::stream_protocol socket converts).
StreamPointer make_socket_stream(boost::asio::generic::stream_protocol::socket socket);

// "127.0.0.1:5900" or "[::1]:5900"; "unix" for a Unix socket. IPv4 addresses mapped into IPv6 are
// shown as IPv4.
std::string describe_endpoint(const boost::asio::generic::stream_protocol::endpoint& endpoint);

}  // namespace oriel::net

#pragma once
// Two connected Streams in memory: a twin of a socket pair for tests, with bounded buffers and the
// traps of a socket: closing with unread input makes the peer lose what it has not read (RST).

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <utility>

#include "oriel/io/net/stream.h"

namespace oriel::net {

// Each direction holds at most `capacity_bytes` (at least 1) that the other side has not read.
std::pair<StreamPointer, StreamPointer> make_memory_streams(
    const boost::asio::any_io_executor& executor, std::size_t capacity_bytes = 64 * 1024);

}  // namespace oriel::net

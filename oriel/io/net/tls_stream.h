#pragma once
// A Stream through TLS on any other Stream: a socket, a WebSocket, memory. Like each Stream, one
// strand owns it, and with it the stream below.

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "oriel/io/net/stream.h"
#include "oriel/io/net/tls_engine.h"

namespace oriel::net {

class TlsStream : public Stream {
 public:
  // Before any other operation, once. It takes as long as the peer likes: bound it with close().
  // Errors are those of TlsEngine::handshake and of the stream below; the peer is told by an alert.
  // A server that does not take a client's certificate may say so in the first read only.
  virtual boost::asio::awaitable<Status> handshake() = 0;

  // The stream below ended without a close_notify: somebody on the way may have cut off what the
  // peer still wanted to say. Reading has failed with kClosed, as a lost connection does.
  virtual bool is_truncated() const = 0;

  virtual const TlsEngine& engine() const = 0;
};

// `already_read`: what was read from `below` before.
std::unique_ptr<TlsStream> make_tls_stream(boost::asio::any_io_executor executor,
                                           StreamPointer below, TlsEngine engine,
                                           ByteSpan already_read = {});

}  // namespace oriel::net

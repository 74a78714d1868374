#pragma once
// A connected byte stream, whatever carries it: TCP, a Unix socket, WebSocket, later TLS. One
// strand owns it. At most one read, one write (or wait_writable or shutdown_send) is outstanding.
// The owner ends outstanding operations with close() and lets them return before it destroys the
// stream.

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/base/time.h"

namespace oriel::net {

// How the end is meant, for carriers that have a number for it (RFC 6455, 7.4.1).
enum class Farewell { kNormal = 1000, kGoingAway = 1001, kPolicy = 1008 };

class Stream {
 public:
  virtual ~Stream() = default;

  // Waits for some bytes and reads what is there, at least 1 and at most into.size(). kClosed at
  // the end of the stream.
  virtual boost::asio::awaitable<Result<std::size_t>> read_some(std::span<std::uint8_t> into) = 0;

  // Reads what is there without waiting. 0: nothing is there now, or this stream cannot tell.
  virtual Result<std::size_t> try_read(std::span<std::uint8_t> into) {
    (void)into;
    return 0;
  }

  // Writes all of `pieces` (at least one byte, at most kMaxWritePieces spans) or as much as is
  // taken before it must wait; returns after at least 1 byte. A message-based stream sends one
  // message. The spans stay valid meanwhile.
  virtual boost::asio::awaitable<Result<std::size_t>> write_some(
      std::span<const ByteSpan> pieces) = 0;

  // Writes what is taken without waiting. 0: nothing is taken now, or this stream always waits.
  // Not while write_some is outstanding.
  virtual Result<std::size_t> try_write(std::span<const ByteSpan> pieces) {
    (void)pieces;
    return 0;
  }

  // Waits until the stream would take more without queueing stale data (TCP_NOTSENT_LOWAT).
  virtual boost::asio::awaitable<Status> wait_writable() = 0;

  // Whether wait_writable would return at once; false when that is not known without waiting.
  virtual bool is_writable_now() const { return false; }

  // Whether nothing that was written is still held here, before the kernel. Without a system call
  // where the stream can.
  virtual bool is_flushed() const { return is_writable_now(); }

  // Says to the peer that nothing more comes (FIN, or the WebSocket close handshake). Reading goes
  // on until the peer has done the same. Takes as long as the peer likes: bound it with close().
  virtual boost::asio::awaitable<void> shutdown_send() = 0;

  // Why the stream is about to be ended, for the peer where the carrier can say it (WebSocket: at
  // most 123 bytes, RFC 6455, 5.5.1); before shutdown_send.
  virtual void set_close_reason(std::string_view /*clause*/, Farewell /*farewell*/) {}

  // The round trip as the kernel knows it (TCP_INFO); nothing where it does not.
  virtual std::optional<Duration> round_trip() const { return std::nullopt; }

  // Bytes that the kernel has accepted but not sent (SIOCOUTQNSD); 0 when unknown.
  virtual std::size_t unsent_bytes() const = 0;

  // Ends both directions now; outstanding operations return kClosed. May be called more than once.
  virtual void close() = 0;

  // "127.0.0.1:40312", "[::1]:40312", "unix", "memory".
  virtual std::string peer() const = 0;

  // Our own end in the same form, such as "127.0.0.1:6080"; empty when there is none.
  virtual std::string local() const { return {}; }

  // Nobody on the way can read along or answer in the peer's place: loopback TCP, a Unix socket,
  // memory, or TLS (a client's only when it has verified the server).
  virtual bool is_private() const { return false; }

  // Who the peer is where the carrier knows: the user of its process (Unix sockets; for a client
  // that of the process that listens), and the common name of the certificate that it has proven
  // to own and that we trust (TLS). Valid once the stream is connected or has shaken hands.
  virtual std::optional<unsigned> peer_uid() const { return std::nullopt; }
  virtual std::string peer_common_name() const { return {}; }
};

inline constexpr std::size_t kMaxWritePieces = 64;

using StreamPointer = std::unique_ptr<Stream>;

}  // namespace oriel::net

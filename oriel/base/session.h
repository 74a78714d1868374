#pragma once
// A protocol conversation as a state machine without I/O: bytes in, bytes and events out, time as
// an argument. RFB, and later the conduit and the monitor stream, are Sessions, so one driver
// (io/net/session_driver) gives them all the same back-pressure, time-outs and shutdown over TCP,
// WebSocket, TLS, or a memory pipe in a test. One strand owns a session. Events for the application
// are plain structs that each session hands out in order.

#include <cstddef>
#include <optional>
#include <string>

#include "oriel/base/bytes.h"
#include "oriel/base/output_queue.h"
#include "oriel/base/result.h"
#include "oriel/base/time.h"

namespace oriel {

// What `receive` did with the bytes it was shown.
struct Need {
  std::size_t consumed = 0;  // bytes taken from the front
  std::size_t wanted =
      1;  // how many unconsumed bytes must be there before the next call is worth it; at least 1

  friend bool operator==(const Need&, const Need&) = default;
};

// What the driver must do with the stream, once everything in `output` is written. To start TLS is
// wished for by `receive` alone, which then consumes no more; the wish goes with `tls_started`.
enum class Transition {
  kNone,
  kStartTlsServer,           // nothing may be left unread (STARTTLS injection)
  kStartTlsClient,           // likewise; the server's certificate is looked at
  kStartTlsClientAnonymous,  // likewise; the server has none: encrypted, and with whom is not known
  kClose,
};

// Whom TLS has shown the peer to be.
struct TlsPeer {
  std::string fingerprint;   // SHA-256 of its certificate, "AB:CD:..."; empty: it has shown none
  bool is_verified = false;  // whom we asked for; of a client: that we trust its certificate

  friend bool operator==(const TlsPeer&, const TlsPeer&) = default;
};

class Session {
 public:
  virtual ~Session() = default;

  // Shows all bytes that are not consumed yet. Consumes what it can and says how many are wanted
  // before the next call pays. `wanted` is bounded by the session's own limits, so the caller may
  // keep that many. An error ends the session: the driver writes what is in `output` (a reason for
  // the peer, perhaps) and closes.
  virtual Result<Need> receive(ByteSpan bytes, TimePoint now) = 0;

  // When it has a value that lies ahead, the session has had enough for now: it is not shown
  // anything before then, nothing more is read, and so the peer's own writes come to wait.
  // TimePoint::max() has no end of its own. Asked again after every other call, and when the
  // application says that something has changed (SessionDriver::kick): so a rest may also be cut
  // short, and what was left in the buffer is shown then.
  virtual std::optional<TimePoint> rests_until() const { return std::nullopt; }

  // What is to be written, in order.
  virtual OutputQueue& output() = 0;

  // The stream can take more and `output` is empty; `unsent_bytes` are still in the socket's own
  // queue.
  virtual void writable(TimePoint now, std::size_t unsent_bytes) = 0;

  // When `deadline_passed` wants to be called, if ever. Asked again after every other call.
  virtual std::optional<TimePoint> deadline() const = 0;
  virtual Status deadline_passed(TimePoint now) = 0;

  virtual Transition transition() const = 0;

  // The TLS that `transition` asked for has begun: all bytes from now on go through it. Deadlines
  // pass meanwhile as ever. Only sessions that ask are told. An error ends the session.
  virtual Status tls_started(const TlsPeer& peer, TimePoint now) {
    (void)peer;
    (void)now;
    return {};
  }
};

}  // namespace oriel

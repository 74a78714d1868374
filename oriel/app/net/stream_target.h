#pragma once
// Where a byte stream leads, as people write it. Pure; any thread.
//
//   HOST  HOST:PORT  HOST::PORT  [::1]:PORT     TCP
//   tcp://[USER[:PASSWORD]@]HOST[:PORT]         TCP
//   tls://[USER[:PASSWORD]@]HOST[:PORT]         TLS on TCP
//   unix:PATH  unix:///PATH                     a Unix socket
//   ws://[USER[:PASSWORD]@]HOST[:PORT][/PATH]   a WebSocket; port 80, as of every such URI
//   wss://...                                   a WebSocket through TLS; port 443

#include <cstdint>
#include <string>
#include <string_view>

#include "oriel/base/result.h"

namespace oriel::net {

enum class StreamCarrier { kTcp, kTls, kUnix, kWebSocket, kSecureWebSocket };

struct StreamTarget {
  StreamCarrier carrier = StreamCarrier::kTcp;
  // For whoever speaks on the stream: connecting sends neither.
  std::string user;
  std::string password;
  std::string host;        // lower case, without brackets; empty for a Unix socket
  std::uint16_t port = 0;  // 0 for a Unix socket
  std::string path;        // of a Unix socket as it was written, or of a WebSocket with its query

  bool is_websocket() const;
  bool is_tls() const;  // from the first byte on
  // For people and logs, without user and password; parsed again it is the same target.
  std::string shown() const;

  friend bool operator==(const StreamTarget&, const StreamTarget&) = default;
};

// What a target means that leaves it out: those of the conduit.
struct StreamTargetDefaults {
  std::uint16_t port = 8080;           // of TCP and TLS
  std::string_view path = "/conduit";  // of WebSockets
};

// Errors (kInvalid) say what is expected and never repeat a password.
Result<StreamTarget> parse_stream_target(std::string_view text,
                                         const StreamTargetDefaults& defaults = {});

}  // namespace oriel::net

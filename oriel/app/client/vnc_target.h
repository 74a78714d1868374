#pragma once
// Where a VNC server is, as people write it. Pure; any thread.
//
//   HOST  HOST:DISPLAY  HOST::PORT  :DISPLAY    port 5900 + DISPLAY; what is 100 or more is a port
//   [::1]  [::1]:DISPLAY  [::1]::PORT           an IPv6 address has brackets
//   vnc://[USER[:PASSWORD]@]HOST[:PORT]         TCP
//   vncs://...                                  VNC through TLS from the first byte on
//   ws://...  wss://[USER[:PASSWORD]@]HOST[:PORT][/PATH]   a WebSocket; without a path /websockify
//   http://...  https://HOST[:PORT]/vnc.html?...           the page of a noVNC: its socket
//   unix:PATH                                   a Unix socket
//
// tcp:// and tls:// stand for vnc:// and vncs://.

#include <string>
#include <string_view>

#include "oriel/app/net/stream_target.h"
#include "oriel/base/result.h"

namespace oriel::client {

// Errors (kInvalid) say what is expected and never repeat a password or a query.
Result<net::StreamTarget> parse_vnc_target(std::string_view text);

// For people and logs: no user, no password, and of a WebSocket no query, which may hold a ticket.
std::string shown_target(const net::StreamTarget& target);

// Text that may be no target at all, likewise: where it is not sure what is a secret, less is
// shown.
std::string masked_target(std::string_view text);

}  // namespace oriel::client

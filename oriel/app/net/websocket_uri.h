#pragma once
// A ws:// or wss:// URI (RFC 3986, RFC 6455, 3) taken apart. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "oriel/base/result.h"

namespace oriel::net {

struct WebSocketUri {
  bool is_secure = false;
  std::string user;      // percent-decoded; empty without
  std::string password;  // the same
  std::string host;      // lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string target = "/";  // path and query as written

  // For the Host header: brackets around IPv6, the port where it is not the scheme's own.
  std::string host_header() const;
  // The whole without user and password, for people and logs.
  std::string shown() const;

  friend bool operator==(const WebSocketUri&, const WebSocketUri&) = default;
};

// Errors (kInvalid): another scheme, no or a malformed host or port, a fragment, blanks and control
// characters. They do not repeat a password.
Result<WebSocketUri> parse_websocket_uri(std::string_view text);

// "Basic dXNlcjpwYXNz" (RFC 7617).
std::string basic_authorization(std::string_view user, std::string_view password);

}  // namespace oriel::net

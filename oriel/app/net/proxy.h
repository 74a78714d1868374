#pragma once
// Proxies between a client and a server: which one, as the environment says. tunnel.h has the way
// through one.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "oriel/app/net/stream_target.h"
#include "oriel/base/result.h"

namespace oriel::net {

enum class ProxyKind {
  kHttp,    // CONNECT (RFC 9110, 9.3.6)
  kSocks5,  // RFC 1928; with a user or password RFC 1929
};

struct Proxy {
  std::string host;
  std::uint16_t port = 0;
  std::string user;
  std::string password;
  ProxyKind kind = ProxyKind::kHttp;

  // "proxy.example:3128", without user and password.
  std::string shown() const;
  friend bool operator==(const Proxy&, const Proxy&) = default;
};

// The value of a variable of the environment; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const char* name)>;
// That of the process. Not while another thread changes it.
std::optional<std::string> process_environment(const char* name);

// http_proxy for ws://, https_proxy for wss://, else and for the rest all_proxy; in upper case too,
// but for http_proxy, which anybody's request may set in a CGI program. Never for this machine,
// Unix sockets, and the hosts of no_proxy: names with all below them, addresses, networks of
// addresses such as 10.0.0.0/8 and 2001:db8::/32 (names are not looked up for these), or * for all.
// Pure. kInvalid for a proxy that is no
// [http://|socks5://|socks5h://][USER[:PASSWORD]@]HOST[:PORT].
Result<std::optional<Proxy>> proxy_for(const StreamTarget& target, const Environment& environment);

}  // namespace oriel::net

#pragma once
// Proxies between a client and a server: which one, as the environment says, and the way through
// one by HTTP CONNECT (RFC 9110, 9.3.6).

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "oriel/app/net/stream_target.h"
#include "oriel/base/result.h"
#include "oriel/io/net/stream.h"

namespace oriel::net {

struct Proxy {
  std::string host;
  std::uint16_t port = 0;
  std::string user;
  std::string password;

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
// Unix sockets, and the hosts of no_proxy: names with all below them, addresses, or * for all.
// Pure. kInvalid for a proxy that is no http://[USER[:PASSWORD]@]HOST[:PORT].
Result<std::optional<Proxy>> proxy_for(const StreamTarget& target, const Environment& environment);

// Asks the proxy at the other end of `stream` for the way to a host, and reads its answer and not a
// byte more. The status of HTTP; kClosed, and kInvalid when it is no HTTP. Takes as long as the
// proxy likes: bound it by closing the stream.
boost::asio::awaitable<Result<int>> open_tunnel(Stream& stream, std::string host,
                                                std::uint16_t port, Proxy proxy);

}  // namespace oriel::net

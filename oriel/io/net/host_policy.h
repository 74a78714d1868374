#pragma once
// Decides from Host and Origin whether a browser may talk to us. Loopback alone does not protect:
// any web page can make its reader's browser connect to 127.0.0.1 (Origin), also under a name of
// its own that resolves to 127.0.0.1 (Host, DNS rebinding). Pure; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/base/result.h"

namespace oriel::net {

struct HostPolicy {
  // Names accepted besides loopback, without port, any case.
  std::vector<std::string> allowed_hosts;
  // Names of this machine: it may be reached by them, but pages of its other servers stay outside.
  std::vector<std::string> own_names;
};

// The names in a comma-separated list; blanks and empty entries are dropped.
std::vector<std::string> split_host_list(std::string_view list);

// A machine's host name as others use it: itself, and for a name without domain also NAME.local
// (mDNS, RFC 6762).
std::vector<std::string> names_of_machine(const std::string& host_name);

// What a request says, and where it arrived.
struct HostClaim {
  std::string_view host;                   // the Host header
  std::optional<std::string_view> origin;  // the Origin header, if there is one
  std::string_view local;  // our end of the connection, such as "192.168.1.7:6080"; may be empty
  bool is_secure = false;  // it came over TLS
};

// Host must be a loopback name (localhost, *.localhost, 127.0.0.0/8, [::1]), a configured name,
// one of the machine's own, or the literal address that the connection arrived at, with any port.
// Origin, if present, must be http or https on the same host and port as Host, or on a configured
// name; over TLS https only, since anybody on the way could have written a page that came without.
// Otherwise kRefused with a clause that says what to set.
Status check_host_claim(const HostPolicy& policy, const HostClaim& claim);

// localhost, *.localhost, 127.0.0.0/8 or [::1]: a name that leads to this machine everywhere.
bool is_loopback_name(std::string_view host);

// "localhost:6080", "[::1]", "desk.example.org." taken apart; nothing when it is malformed.
struct HostAndPort {
  std::string host;  // lower case, brackets kept, without a final dot
  std::optional<std::uint16_t> port;

  friend bool operator==(const HostAndPort&, const HostAndPort&) = default;
};
std::optional<HostAndPort> parse_host_and_port(std::string_view text);

}  // namespace oriel::net

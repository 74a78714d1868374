#pragma once
// The part of a URI that says with whom to speak (RFC 3986, 3.2), for all schemes that have one.
// Pure; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "oriel/base/result.h"

namespace oriel::net {

struct UriAuthority {
  std::string user;      // percent-decoded; empty without
  std::string password;  // the same
  std::string host;      // lower case; an IPv6 address without its brackets
  std::optional<std::uint16_t> port;

  friend bool operator==(const UriAuthority&, const UriAuthority&) = default;
};

// [USER[:PASSWORD]@]HOST[:PORT]; "HOST:" has no port. Errors (kInvalid) never repeat a password.
Result<UriAuthority> parse_uri_authority(std::string_view text);

// ASCII only.
std::string lower_case(std::string_view text);
// As URIs write it: an IPv6 address in brackets.
std::string host_in_uri(const std::string& host);

}  // namespace oriel::net

#pragma once
// The three versions of the handshake (RFC 6143, 7.1.1 and appendix A): what differs between them,
// as rows.

#include <optional>
#include <span>
#include <string_view>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"

namespace oriel::rfb {

inline constexpr std::size_t kVersionSize = 12;

struct Version {
  int minor;
  std::string_view line;          // what is on the wire
  bool server_decides_security;   // 3.3: a U32 type instead of a list and a choice
  bool none_has_security_result;  // 3.8
  bool failure_has_reason;        // 3.8
};

std::span<const Version> version_table();
const Version& newest_version();

// The version to speak with a peer that says `line` (12 bytes): the row of its number; 3.4 to 3.6
// are treated as 3.3, and all above 3.8, such as Apple's 3.889, as 3.8. Anything else is an error
// that quotes it.
Result<const Version*> choose_version(ByteSpan line);

}  // namespace oriel::rfb

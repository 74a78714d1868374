#pragma once
// Text that nobody can guess. Any thread.

#include <cstddef>
#include <string>

namespace oriel::conduit {

// 2 * `bytes` hex characters, lower case.
std::string random_hex(std::size_t bytes);
// A UUID of version 4 (RFC 9562, 5.4), such as "1b4e28ba-2fa1-41d2-883f-0016d3cca427".
std::string random_uuid();

}  // namespace oriel::conduit

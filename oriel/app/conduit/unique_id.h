#pragma once
// Random names that nobody can guess.

#include <cstddef>
#include <string>

namespace oriel::conduit {

// A UUID of version 4 (RFC 9562, 5.4): "0b7d2c1e-...".
std::string make_uuid();
// So many random bytes as hex characters, two for each.
std::string random_hex(std::size_t bytes);

}  // namespace oriel::conduit

#pragma once
// What counts as one peer where peers are counted.

#include <string>
#include <string_view>

namespace oriel::net {

// The address in `peer`, which is one as Stream::peer says it. IPv6 by /64, which is what one
// subscriber has; the port does not count.
std::string address_of(std::string_view peer);

}  // namespace oriel::net

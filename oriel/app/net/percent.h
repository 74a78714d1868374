#pragma once
// Percent-encoding (RFC 3986, 2.1). Pure; any thread.

#include <optional>
#include <string>
#include <string_view>

namespace oriel::net {

// All but letters, digits and - . _ ~ encoded: right for any place of a URI.
std::string percent_encoded(std::string_view text);
// Nothing for a stray %.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace oriel::net

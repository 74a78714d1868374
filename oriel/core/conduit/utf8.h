#pragma once
// Whether text is UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above
// U+10FFFF.

#include <cstddef>
#include <string>
#include <string_view>

namespace oriel::conduit {

bool is_utf8(std::string_view text);
// Each byte that is not part of a valid sequence becomes U+FFFD.
std::string with_valid_utf8(std::string_view text);
// The first `bytes_max` bytes at most, cut between characters.
std::string cut_utf8(std::string_view text, std::size_t bytes_max);

}  // namespace oriel::conduit

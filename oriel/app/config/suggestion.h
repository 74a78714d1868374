#pragma once
// What to say about a name that nobody knows. Pure.

#include <span>
#include <string>
#include <string_view>

namespace oriel::config {

// "did you mean X" when one of `known` is near, else "expected one of A, B, ...".
std::string suggest(std::string_view unknown, std::span<const std::string> known);

// `text` without control characters and not over 80 bytes, fit for an error of one line.
std::string printable(std::string_view text);

}  // namespace oriel::config

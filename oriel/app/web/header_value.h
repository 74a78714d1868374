#pragma once
// Reading what stands in the fields of HTTP messages.

#include <string_view>

namespace oriel::web {

// Without the white space around it (RFC 9110 5.6.3).
constexpr std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace oriel::web

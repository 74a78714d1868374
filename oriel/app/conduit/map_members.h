#pragma once
// Members of maps that a peer made: what is missing or of another kind counts as left out.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "oriel/core/conduit/value.h"

namespace oriel::conduit {

std::string text_in(const Value& map, std::string_view key);
// Not negative.
std::optional<std::uint64_t> count_in(const Value& map, std::string_view key);
std::uint64_t number_in(const Value& map, std::string_view key, std::uint64_t otherwise);

// A map of one member. For co_await, inside of which g++ 12 takes no braces (GCC bug 102489 and its
// kin).
Value one_member(std::string_view key, Value value);

}  // namespace oriel::conduit

#pragma once
// C++ types as Values, both ways, with their names and JSON Schemas: bool, integers, floating
// point, std::string, Bytes, Value itself, std::optional, std::vector, std::array, std::map and
// std::unordered_map with text keys, Boost.Describe enums (as their names) and structs (as maps).
// Reading is strict: nothing is rounded, cut or guessed, and an error names the field.

#include <boost/describe.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <type_traits>

#include "oriel/core/conduit/response.h"
#include "oriel/core/conduit/value.h"

namespace oriel::conduit {

// A struct names its members that may be left out, besides std::optional ones, in
//   static constexpr std::string_view kOptionalMembers[] = {"limit", "offset"};
// They have the values of a default-constructed struct then.

// One thing that is wrong with a value, and where: "address.zip", "items[3]".
struct FieldError {
  std::string field;
  std::string message;  // "expected an integer from 0 to 255, got text"
  std::string type;     // "missing", "type", "range", "enum", "unknown"
};

#pragma once
// Checks JSON against the part of JSON Schema that the API's own descriptions use, so that what is
// documented is what is checked: type, properties, required, additionalProperties, items, enum,
// const, oneOf (told apart by the const of "type"), minimum, maximum, minItems, maxItems, minLength
// and maxLength. Pure.

#include <boost/json/value.hpp>
#include <string>

#include "oriel/base/result.h"

namespace oriel::api {

// kInvalid names the place and what is expected there: "actions[2].x is a string, an integer is
// expected".
Status check_schema(const boost::json::value& value, const boost::json::value& schema,
                    const std::string& place = "the body");

}  // namespace oriel::api

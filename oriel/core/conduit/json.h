#pragma once
// Values as JSON, for people and for programs that speak no MessagePack. What JSON lacks:
//
//   bytes                {"$bytes": "BASE64"}
//   an extension         {"$extension": {"type": 5, "bytes": "BASE64"}}
//   infinity and NaN     null, and so lost
//
// A map that looks like one of these by chance is read as one. A number of more than 15 digits may
// be read as the double next to it (Boost.JSON 1.81).

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "oriel/base/result.h"
#include "oriel/core/conduit/value.h"

namespace oriel::conduit {

boost::json::value to_json(const Value& value);
// Errors: kInvalid (a malformed form, a number beyond double), kTooLarge (nested beyond kDepthMax).
Result<Value> from_json(const boost::json::value& json);

// Numbers as people write them: 26.7, not 2.67E1.
std::string to_json_text(const Value& value);
// The same of one that is neither object nor array.
std::string scalar_json_text(const boost::json::value& scalar);
// Exactly one JSON value, with white space around it. Errors: as above, and kInvalid for no JSON.
Result<Value> parse_json(std::string_view text);

}  // namespace oriel::conduit

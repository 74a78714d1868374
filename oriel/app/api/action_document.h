#pragma once
// Actions as the API's JSON has them.

#include <boost/json/value.hpp>
#include <string_view>
#include <vector>

#include "oriel/app/agent/action.h"
#include "oriel/base/result.h"

namespace oriel::api {

// JSON Schema of {"actions": [...]}.
extern const std::string_view kActionsSchema;

// `document` has been checked against kActionsSchema. kInvalid names the action and what is wrong
// with it: an unknown key, a text that no key types.
Result<std::vector<agent::Action>> actions_of(const boost::json::value& document);

}  // namespace oriel::api

#pragma once
// JSON for people: indented by two blanks, one member a line, as the seed's format `json`. Pure.

#include <string>

#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

// ASCII only (see append_json), without a line end at the end. Empty objects and lists are {} and
// [].
std::string pretty_json(const Value& value);

}  // namespace oriel::monitor

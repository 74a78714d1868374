#pragma once
// One of the named targets of a configuration file, from its JSON. Pure.

#include <boost/json/value.hpp>
#include <string>

#include "oriel/app/config/target_settings.h"

namespace oriel::config {

struct TargetSectionError {
  std::string member;  // empty: the target itself
  std::string message;
};

// An address, or an object of the members that docs/agents.md lists. Errors repeat no value.
std::expected<TargetSettings, TargetSectionError> parse_target_section(
    const boost::json::value& value);

}  // namespace oriel::config

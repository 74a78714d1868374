#pragma once
// What a command and a session must agree on: the options that make a connection what it is.

#include <boost/json/object.hpp>
#include <map>
#include <string>
#include <vector>

#include "oriel/app/client/connection_options.h"

namespace oriel::cli {

// Values by the names of their flags, without dashes; only of what is given. Secrets are there as
// digests: they are compared, never shown.
using SessionOptions = std::map<std::string, std::string>;

SessionOptions session_options(const client::ConnectionOptions& options);

// What of `wanted` is otherwise in `kept`: "--view-only", "the password". What a
// command leaves open is as the session has it.
std::vector<std::string> differing_options(const SessionOptions& wanted,
                                           const SessionOptions& kept);

// For people: of secrets only that they are given.
boost::json::object shown_options(const SessionOptions& options);

}  // namespace oriel::cli

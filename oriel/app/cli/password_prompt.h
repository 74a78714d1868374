#pragma once
// Asks a person for a password.

#include <optional>
#include <string>

namespace oriel::cli {

// What is typed on the terminal, without echo. Nothing: there is none, or the user does not want
// to.
std::optional<std::string> ask_for_password(const std::string& target);

}  // namespace oriel::cli

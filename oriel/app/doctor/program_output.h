#pragma once
// What another program prints.

#include <optional>
#include <string>

namespace oriel::doctor {

// Standard output of a shell command, at most 1 MiB; nothing when it failed or printed nothing.
std::optional<std::string> output_of(const std::string& command);

}  // namespace oriel::doctor

#pragma once
// What stands before the lines of one of several servers. Pure.

#include <span>
#include <string>
#include <vector>

namespace oriel::cli {

// The shortest of host, host and port, or address with path that tells them apart, else also
// numbered; harmless on a terminal, and without user and password.
std::vector<std::string> host_labels(std::span<const std::string> uris);

}  // namespace oriel::cli

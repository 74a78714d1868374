#pragma once
// The setting table as text for people. Pure.

#include <string>

namespace oriel::config {

// What `oriel serve --help` prints: an example first, then the settings in groups with their
// defaults.
std::string serve_help();

// docs/configuration.md; a test compares.
std::string settings_markdown();

}  // namespace oriel::config

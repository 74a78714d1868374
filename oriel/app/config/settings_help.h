#pragma once
// The setting table as text for people. Pure.

#include <string>
#include <string_view>

#include "oriel/app/config/setting_table.h"

namespace oriel::config {

// What `oriel serve --help` prints: an example first, then the settings in groups with their
// defaults.
std::string serve_help();

// The same for another command: `start`, then those settings that it uses.
std::string settings_help(std::string_view start, bool (*uses)(const Setting&));

// docs/configuration.md; a test compares.
std::string settings_markdown();

}  // namespace oriel::config

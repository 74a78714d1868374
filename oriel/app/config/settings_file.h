#pragma once
// The configuration file: JSON with comments and trailing commas, {"vnc": {"listen": ...}} or
// {"vnc.listen": ...}, and the flat keys of PyVNCServer. Pure: text in, settings out.

#include <string_view>

#include "oriel/app/config/settings.h"
#include "oriel/base/result.h"

namespace oriel::config {

// Applies `text` to `settings`. `file_name` is for errors and origins only. Errors are kInvalid
// (kTooLarge for the text itself) and name file, line, key, what was got and what is allowed;
// `settings` is then half changed.
Status apply_settings_text(std::string_view text, std::string_view file_name, Settings& settings);

// The defaults with `text` applied.
Result<Settings> parse_settings_text(std::string_view text);

}  // namespace oriel::config

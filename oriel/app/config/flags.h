#pragma once
// The command line of `oriel serve` as flags of the setting table: "--vnc 5901", "--vnc=5901",
// "--allow-anyone". Pure.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "oriel/app/config/setting_table.h"
#include "oriel/base/result.h"

namespace oriel::config {

struct FlagValue {
  const Setting* setting;
  std::string flag;  // as it was typed: "--vnc"
  std::string value;
};

struct Flags {
  std::vector<FlagValue> values;      // in the order of the command line
  std::optional<std::string> config;  // --config
  bool has_help = false;
};

// Values are not checked here. Errors: an unknown flag, a flag without its value, an argument that
// is no flag, a secret on the command line; all kInvalid.
Result<Flags> parse_flags(std::span<const char* const> arguments);

}  // namespace oriel::config

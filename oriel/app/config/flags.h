#pragma once
// The command line of `oriel serve` as flags of the setting table: "--vnc 5901", "--vnc=5901",
// "--allow-anyone". Pure.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/config/setting_table.h"
#include "oriel/base/result.h"

namespace oriel::config {

// Whose command line it is, for what errors and notices say.
struct CommandLine {
  std::string_view command = "oriel serve";
  std::string_view example = "--vnc 5900";
  bool (*is_used)(const Setting&) = nullptr;  // the settings that the command has; null: all

  bool uses(const Setting& setting) const { return is_used == nullptr || is_used(setting); }
};

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
Result<Flags> parse_flags(std::span<const char* const> arguments, const CommandLine& line = {});

}  // namespace oriel::config

#pragma once
// THE list of flags of `oriel monitor`: parsing, environment, --help, docs/monitor_command.md and
// their tests loop over it. Who is told of alerts comes from the list of settings
// (config/setting_table.h), so that it is called the same everywhere.

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "oriel/app/cli/monitor_options.h"
#include "oriel/app/config/load_settings.h"
#include "oriel/base/result.h"

namespace oriel::cli {

struct MonitorFlag {
  std::string_view name;         // "--uri"; empty: from the environment only
  std::string_view short_name;   // "-u", or empty
  std::string_view value_name;   // "URI" in --help; empty for switches
  std::string_view environment;  // a variable that says the same, or empty
  std::string_view group;        // its heading in --help
  std::string_view help;         // one clause without a final period
  std::string_view preset;       // the default as `set` takes it; empty: none
  std::string_view example;      // a valid value that is not the default
  // Takes a text from any source; switches get "true" or "false". The error says what was got and
  // what is allowed.
  std::function<Status(MonitorOptions&, std::string_view text)> set;
};

// In the order of --help; rows of one group are together.
std::span<const MonitorFlag> monitor_flags();

// Flags beat the environment; flags that may be repeated add up. `arguments` are those after
// "monitor", without --help and --serve. Errors are kInvalid, one sentence for the user.
Result<MonitorOptions> parse_monitor_arguments(std::span<const char* const> arguments,
                                               const config::Environment& environment);

// What `oriel monitor --help` prints: examples first.
std::string monitor_help();

// docs/monitor_command.md; a test compares.
std::string monitor_markdown();

}  // namespace oriel::cli

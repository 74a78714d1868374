#pragma once
// The settings of `oriel serve` and `oriel monitor --serve` from all sources: flags beat
// environment beats file beats defaults.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "oriel/app/config/flags.h"
#include "oriel/app/config/settings.h"
#include "oriel/base/result.h"

namespace oriel::config {

// The environment as plain values, so that tests have their own.
using Environment = std::map<std::string, std::string, std::less<>>;
Environment environment_of_process();

// `arguments` are those after the command, lent for the call. Reads the configuration file
// (--config FILE, else $XDG_CONFIG_HOME/oriel/config.json if it is there) and the password file;
// each of them is refused if it gives a password that others can read. A setting that appears twice
// among the flags has the last value. Errors are one sentence for the user and mean exit code 2.
Result<Settings> load_settings(std::span<const char* const> arguments,
                               const Environment& environment, const CommandLine& line = {});

// The target of that name in the configuration file (ORIEL_CONFIG, else the one that load_settings
// reads), with what is in its files; nothing when there is none. An error, for the user, when the
// file is wrong, whatever else is in it.
Result<std::optional<TargetSettings>> find_named_target(std::string_view name,
                                                        const Environment& environment);

// Is --help or -h among the flags? (As the value of another flag it is not.)
bool asks_for_help(std::span<const char* const> arguments);

// $XDG_CONFIG_HOME/oriel or $HOME/.config/oriel; none when neither is set. The session script is
// looked for there too.
std::optional<std::string> config_folder(const Environment& environment);

// $XDG_STATE_HOME/oriel or $HOME/.local/state/oriel, for what the program keeps between its runs;
// none when neither is set.
std::optional<std::string> state_folder(const Environment& environment);

}  // namespace oriel::config
